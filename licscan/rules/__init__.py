"""Every rule, in one written-out tuple."""

from licscan.rule import Rule
from licscan.rules.access_changed import access_changed
from licscan.rules.contradicted_origin_claim import contradicted_origin_claim
from licscan.rules.floating_revision import floating_revision
from licscan.rules.foreign_governing_law import foreign_governing_law
from licscan.rules.hosted_dependency import hosted_dependency
from licscan.rules.inherited_architecture import inherited_architecture
from licscan.rules.inherited_tokenizer import inherited_tokenizer
from licscan.rules.inherited_weights import inherited_weights
from licscan.rules.inherited_weights_unchanged import inherited_weights_unchanged
from licscan.rules.license_at_mutable_address import license_at_mutable_address
from licscan.rules.license_changed import license_changed
from licscan.rules.license_file_moved import license_file_moved
from licscan.rules.license_text_not_archived import license_text_not_archived
from licscan.rules.licensor_gone import licensor_gone
from licscan.rules.listed_entity import listed_entity
from licscan.rules.missing_upstream import missing_upstream
from licscan.rules.notice_missing import notice_missing
from licscan.rules.outside_stop_power import outside_stop_power
from licscan.rules.owner_jurisdiction import owner_jurisdiction
from licscan.rules.person_by_person_access import person_by_person_access
from licscan.rules.publisher_jurisdiction import publisher_jurisdiction
from licscan.rules.publisher_relicensed_before import publisher_relicensed_before
from licscan.rules.remote_code import remote_code
from licscan.rules.single_source import single_source
from licscan.rules.successor_tighter import successor_tighter
from licscan.rules.trained_on_outputs import trained_on_outputs
from licscan.rules.undeclared_base import undeclared_base
from licscan.rules.unknown_publisher import unknown_publisher
from licscan.rules.unreachable_pin import unreachable_pin
from licscan.rules.young_release import young_release

RULES: tuple[Rule, ...] = (
    access_changed,
    contradicted_origin_claim,
    floating_revision,
    foreign_governing_law,
    hosted_dependency,
    inherited_architecture,
    inherited_tokenizer,
    inherited_weights,
    inherited_weights_unchanged,
    license_at_mutable_address,
    license_changed,
    license_file_moved,
    license_text_not_archived,
    licensor_gone,
    listed_entity,
    missing_upstream,
    notice_missing,
    outside_stop_power,
    owner_jurisdiction,
    person_by_person_access,
    publisher_jurisdiction,
    publisher_relicensed_before,
    remote_code,
    single_source,
    successor_tighter,
    trained_on_outputs,
    undeclared_base,
    unknown_publisher,
    unreachable_pin,
    young_release,
)
