"""Every rule, in one written-out tuple."""

from licscan.rule import Rule
from licscan.rules.acceptance_unrecorded import acceptance_unrecorded
from licscan.rules.access_changed import access_changed
from licscan.rules.contradicted_origin_claim import contradicted_origin_claim
from licscan.rules.dataset_terms import dataset_terms
from licscan.rules.earlier_terms_looser import earlier_terms_looser
from licscan.rules.excluded_territory import excluded_territory
from licscan.rules.floating_revision import floating_revision
from licscan.rules.foreign_governing_law import foreign_governing_law
from licscan.rules.hosted_dependency import hosted_dependency
from licscan.rules.inherited_architecture import inherited_architecture
from licscan.rules.inherited_tokenizer import inherited_tokenizer
from licscan.rules.inherited_weights import inherited_weights
from licscan.rules.inherited_weights_unchanged import inherited_weights_unchanged
from licscan.rules.later_terms_bind import later_terms_bind
from licscan.rules.license_at_mutable_address import license_at_mutable_address
from licscan.rules.license_changed import license_changed
from licscan.rules.license_claims_disagree import license_claims_disagree
from licscan.rules.license_file_moved import license_file_moved
from licscan.rules.license_not_allowed import license_not_allowed
from licscan.rules.license_of_another_house import license_of_another_house
from licscan.rules.license_omitted import license_omitted
from licscan.rules.license_text_not_archived import license_text_not_archived
from licscan.rules.licensor_gone import licensor_gone
from licscan.rules.lineage_cycle import lineage_cycle
from licscan.rules.listed_entity import listed_entity
from licscan.rules.looser_than_upstream import looser_than_upstream
from licscan.rules.malformed_base import malformed_base
from licscan.rules.missing_upstream import missing_upstream
from licscan.rules.modified_standard_license import modified_standard_license
from licscan.rules.naming_clash import naming_clash
from licscan.rules.naming_duty_unmet import naming_duty_unmet
from licscan.rules.no_derivatives_upstream import no_derivatives_upstream
from licscan.rules.noncommercial_upstream import noncommercial_upstream
from licscan.rules.notice_missing import notice_missing
from licscan.rules.outputs_restriction import outputs_restriction
from licscan.rules.outside_stop_power import outside_stop_power
from licscan.rules.owner_jurisdiction import owner_jurisdiction
from licscan.rules.person_by_person_access import person_by_person_access
from licscan.rules.possible_origin import possible_origin
from licscan.rules.publisher_jurisdiction import publisher_jurisdiction
from licscan.rules.publisher_relicensed_before import publisher_relicensed_before
from licscan.rules.release_blocked import release_blocked
from licscan.rules.remote_code import remote_code
from licscan.rules.renamed_upstream import renamed_upstream
from licscan.rules.revocable_grant import revocable_grant
from licscan.rules.share_alike_clash import share_alike_clash
from licscan.rules.silent_on_revocation import silent_on_revocation
from licscan.rules.single_source import single_source
from licscan.rules.stale_waiver import stale_waiver
from licscan.rules.successor_tighter import successor_tighter
from licscan.rules.term_not_allowed import term_not_allowed
from licscan.rules.terminates_on_breach import terminates_on_breach
from licscan.rules.threshold_in_reach import threshold_in_reach
from licscan.rules.trained_on_outputs import trained_on_outputs
from licscan.rules.undeclared_base import undeclared_base
from licscan.rules.undeclared_license import undeclared_license
from licscan.rules.unknown_publisher import unknown_publisher
from licscan.rules.unreachable_pin import unreachable_pin
from licscan.rules.unrecognised_license import unrecognised_license
from licscan.rules.unseen_upstream import unseen_upstream
from licscan.rules.unused_waiver import unused_waiver
from licscan.rules.use_policy_by_url import use_policy_by_url
from licscan.rules.use_restrictions_dropped import use_restrictions_dropped
from licscan.rules.young_release import young_release

RULES: tuple[Rule, ...] = (
    acceptance_unrecorded,
    access_changed,
    contradicted_origin_claim,
    dataset_terms,
    earlier_terms_looser,
    excluded_territory,
    floating_revision,
    foreign_governing_law,
    hosted_dependency,
    inherited_architecture,
    inherited_tokenizer,
    inherited_weights,
    inherited_weights_unchanged,
    later_terms_bind,
    license_at_mutable_address,
    license_changed,
    license_claims_disagree,
    license_file_moved,
    license_not_allowed,
    license_of_another_house,
    license_omitted,
    license_text_not_archived,
    licensor_gone,
    lineage_cycle,
    listed_entity,
    looser_than_upstream,
    malformed_base,
    missing_upstream,
    modified_standard_license,
    naming_clash,
    naming_duty_unmet,
    no_derivatives_upstream,
    noncommercial_upstream,
    notice_missing,
    outputs_restriction,
    outside_stop_power,
    owner_jurisdiction,
    person_by_person_access,
    possible_origin,
    publisher_jurisdiction,
    publisher_relicensed_before,
    release_blocked,
    remote_code,
    renamed_upstream,
    revocable_grant,
    share_alike_clash,
    silent_on_revocation,
    single_source,
    stale_waiver,
    successor_tighter,
    term_not_allowed,
    terminates_on_breach,
    threshold_in_reach,
    trained_on_outputs,
    undeclared_base,
    undeclared_license,
    unknown_publisher,
    unreachable_pin,
    unrecognised_license,
    unseen_upstream,
    unused_waiver,
    use_policy_by_url,
    use_restrictions_dropped,
    young_release,
)
