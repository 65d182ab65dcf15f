"""What setup.cfg cannot say: the packages that are found, and `data/` as one more."""

from setuptools import find_namespace_packages, setup

setup(packages=[*find_namespace_packages(include=["licscan*"]), "licscan.data"])
