//! What the store does, held on SQLite and on PostgreSQL by the same tests.

#![expect(
    clippy::unwrap_used,
    clippy::similar_names,
    clippy::too_many_lines,
    reason = "a test that cannot go on has failed; a store holds scores; tables are long"
)]

mod attempts;
mod audit;
mod columns;
mod copies;
mod dead_letters;
mod decisions;
mod deliveries;
mod evidence;
mod group_commit;
mod institutions;
mod judgements;
mod keys;
mod launches;
mod opened;
mod pairings;
mod policies;
mod registering;
mod rosters;
mod sample;
mod schema;
mod scores;
mod statements;
mod visits;
mod work_sample;

/// Runs each behaviour on both databases, under its own name.
macro_rules! behaviours {
    ($($module:ident { $($behaviour:ident),* $(,)? })*) => {
        mod sqlite {
            $(mod $module {
                $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $behaviour() {
                    let opened = crate::opened::Opened::sqlite().await;
                    crate::$module::$behaviour(&opened).await;
                    opened.close().await;
                })*
            })*
        }

        mod postgres {
            $(mod $module {
                $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $behaviour() {
                    let opened = crate::opened::Opened::postgres().await;
                    crate::$module::$behaviour(&opened).await;
                    opened.close().await;
                })*
            })*
        }
    };
}

behaviours! {
    schema {
        migrating_again_changes_nothing,
        replicas_migrate_together,
        an_old_schema_is_not_ready,
    }
    group_commit {
        a_change_that_fails_takes_back_only_itself,
        a_failed_statement_cannot_be_committed,
        another_process_that_writes_is_waited_for,
        reads_that_are_given_up_hold_up_no_others,
        a_closed_store_says_so,
    }
    institutions {
        settings_are_kept_and_secrets_sealed,
        a_registration_is_unique,
        a_deployment_belongs_to_one_institution,
        the_same_subject_is_two_people_in_two_institutions,
    }
    keys {
        replicas_agree_on_the_first_key,
        a_new_key_replaces_the_newest,
        replicas_that_rotate_at_once_make_one_key,
        a_key_that_is_needed_is_not_withdrawn,
        secrets_are_sealed_anew,
    }
    launches {
        everything_is_recorded,
        one_nonce_is_accepted_once,
        a_replay_writes_nothing,
        the_stored_pseudonym_wins,
        people_who_launch_twice_at_once_have_one_pseudonym,
        changes_are_written_and_bindings_kept,
        a_statement_goes_where_it_should,
        a_session_opens_its_own_launches_only,
        what_has_run_out_is_purged,
    }
    copies {
        the_nearest_bound_link_of_a_history_is_found,
        a_history_leads_to_no_other_institution_or_deployment,
    }
    scores {
        the_second_is_given_once_and_grows,
        two_in_one_second_are_one,
        a_score_that_was_tried_is_not_replaced,
        concurrent_scores_never_share_a_second,
        columns_and_people_have_their_own_clocks,
        a_links_column_keeps_its_order_when_its_address_becomes_known,
        a_comment_goes_along_where_it_must_and_where_it_changed,
        a_hand_in_never_follows_a_mark,
    }
    columns {
        one_of_many_may_make_a_column,
        a_worker_that_died_while_making_a_column_is_taken_over,
        a_column_that_is_gone_is_looked_for_again,
        links_without_a_column_are_listed_until_they_have_one,
    }
    dead_letters {
        a_dead_letter_lets_the_next_pass,
        a_dead_letter_goes_back_only_while_it_is_the_newest,
        what_could_not_be_sent_is_listed_for_its_course,
        a_person_of_the_course_sends_a_dead_letter_again_once,
    }
    deliveries {
        only_the_oldest_of_a_key_is_claimed,
        two_workers_never_hold_the_same_row,
        a_lease_that_ran_out_is_taken_over,
        statements_are_claimed_by_institution,
        a_score_waits_while_another_of_its_key_is_sent,
        platforms_are_claimed_apart,
        a_score_that_was_held_back_was_not_tried,
        old_deliveries_are_purged,
        the_depth_is_counted,
        workers_are_woken,
    }
    audit {
        the_trail_cannot_be_changed,
        effects_are_taken_back_with_their_cause,
    }
    statements {
        duplicates_pass_and_conflicts_store_nothing,
        filters_find_what_they_should,
        pages_follow_each_other,
        voiding_works_in_either_order,
        a_reference_is_found_by_its_target,
        institutions_do_not_see_each_other,
        credentials_open_until_they_are_revoked,
    }
    attempts {
        an_attempt_is_begun_once,
        a_page_of_work_is_read_at_once,
        a_draft_is_saved_over_its_own_revision_only,
        a_stretch_of_typing_is_one_version,
        a_submission_is_final,
        more_time_is_granted_to_what_is_there,
    }
    evidence {
        a_draft_takes_so_much_evidence_and_no_more,
        evidence_stays_in_its_institution,
    }
    judgements {
        a_judgement_replaces_the_assessors_own,
        a_draft_is_not_judged,
        judgements_at_once_leave_one_in_force,
    }
    decisions {
        a_decision_is_released_once,
        a_newer_decision_keeps_the_older_back,
        what_could_not_be_decided_is_kept_and_never_released,
    }
    pairings {
        people_are_paired_and_unpaired,
    }
    rosters {
        a_list_and_a_launch_make_one_person,
        who_left_is_marked_and_comes_back,
        whoever_was_erased_stays_so,
        one_of_many_may_read_a_list,
        a_reading_takes_its_failure_away_and_keeps_the_groups,
        a_thousand_are_written_at_once,
    }
    policies {
        the_narrowest_binding_decides,
        a_binding_takes_the_place_of_its_scope_only,
        installations_at_once_leave_one_in_force,
    }
    registering {
        an_invitation_is_used_once,
        a_registration_is_brought_up_to_date_by_its_owner_only,
        a_sign_in_link_opens_one_session,
        a_deployment_waits_until_it_is_accepted,
        the_state_of_a_platform_is_what_happened,
    }
    visits {
        a_visit_is_a_launch_with_its_session,
        a_visit_says_who_is_a_coach,
        members_and_recipients_are_of_one_institution,
        a_value_is_used_once,
    }
}
