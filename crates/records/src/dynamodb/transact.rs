//! Writing: one action alone, or several in a transaction; each judged, and sent again where that is safe.
//!
//! A single write is a request of its own: half the price of a transaction, and hot counters do not
//! conflict. It carries no token, so that it is not sent again when its answer is lost; a transaction
//! does, and is.
use super::DynamoRecordStore;
use super::action::{self, Action, Guess, Kind, Verdict};
use super::item::Item;
use super::patience::{Patience, Repeat};
use super::trouble::{Trouble, judge};
use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{BuildError, ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::error::{ConditionalCheckFailedException, TransactionCanceledException};
use aws_sdk_dynamodb::types::{
    ConditionCheck, Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};
use homeroom_core::ports::record_store::{StoreError, TransactError, Write};

/// Wrong guesses about one transaction before it counts as a conflict.
const MOST_GUESSES: usize = 8;

/// Why an attempt was not carried out.
enum Refusal {
    /// Conditions did not hold, at these places among the actions, for these items.
    Conditions(Vec<(usize, Option<Item>)>),
    Trouble(Trouble),
}

/// Applies all writes or none.
pub(super) async fn transact(store: &DynamoRecordStore, writes: &[Write]) -> Result<(), TransactError> {
    let mut guesses = vec![Guess::Unexpired; writes.len()];
    for _ in 0..MOST_GUESSES {
        let now_ms = store.now_ms();
        let (places, actions): (Vec<usize>, Vec<Action>) = writes
            .iter()
            .zip(&guesses)
            .enumerate()
            .filter_map(|(place, (write, guess))| Some((place, action::action(write, *guess, now_ms)?)))
            .unzip();
        let Some(unmet) = apply(store, &actions).await? else {
            return Ok(());
        };
        let mut failed = Vec::new();
        for (place, found) in unmet {
            let place = places[place];
            match action::verdict(&writes[place], guesses[place], found.as_ref(), now_ms) {
                Verdict::Failed => failed.push(place),
                Verdict::Try(guess) => guesses[place] = guess,
            }
        }
        if !failed.is_empty() {
            return Err(TransactError::Condition(failed));
        }
    }
    Err(TransactError::Conflict)
}

/// Sends the actions until they are applied (`None`) or conditions fail; anything else is an error.
async fn apply(
    store: &DynamoRecordStore,
    actions: &[Action],
) -> Result<Option<Vec<(usize, Option<Item>)>>, TransactError> {
    let mut patience = Patience::new(store.ids.as_ref());
    let alone = match actions {
        [] => return Ok(None),
        // A check has no request of its own that writes nothing.
        [action] if !matches!(action.kind, Kind::Check(_)) => Some(action),
        _ => None,
    };
    let token = store.ids.uuid().to_string();
    loop {
        let outcome = match alone {
            Some(action) => send_alone(store, action, &token).await,
            None => send_together(store, actions, &token).await,
        };
        let repeat = if alone.is_some() {
            Repeat::Unsafe
        } else {
            Repeat::Recognised
        };
        match outcome {
            Ok(()) => return Ok(None),
            Err(Refusal::Conditions(unmet)) => return Ok(Some(unmet)),
            Err(Refusal::Trouble(trouble)) => patience.after(trouble, repeat).await?,
        }
    }
}

fn tells(action: &Action) -> ReturnValuesOnConditionCheckFailure {
    if action.tells_item {
        ReturnValuesOnConditionCheckFailure::AllOld
    } else {
        ReturnValuesOnConditionCheckFailure::None
    }
}

async fn send_alone(store: &DynamoRecordStore, action: &Action, token: &str) -> Result<(), Refusal> {
    let (client, table) = (&store.client, &store.location.table);
    let (condition, values) = (action.condition.clone(), action.values());
    match &action.kind {
        Kind::Put(item) => {
            let request = client.put_item().table_name(table).set_item(Some(item.clone()));
            let request = request.set_condition_expression(condition);
            let request = request.set_expression_attribute_values(values);
            let sent = request
                .return_values_on_condition_check_failure(tells(action))
                .send()
                .await;
            sent.map(drop).map_err(|error| {
                let failed = error.as_service_error().and_then(|error| match error {
                    PutItemError::ConditionalCheckFailedException(failed) => Some(failed),
                    _ => None,
                });
                refusal_alone(store, &error, failed)
            })
        }
        Kind::Update { key, expression } => {
            let request = client.update_item().table_name(table).set_key(Some(key.clone()));
            let request = request
                .update_expression(expression)
                .set_condition_expression(condition);
            let request = request.set_expression_attribute_values(values);
            let sent = request
                .return_values_on_condition_check_failure(tells(action))
                .send()
                .await;
            sent.map(drop).map_err(|error| {
                let failed = error.as_service_error().and_then(|error| match error {
                    UpdateItemError::ConditionalCheckFailedException(failed) => Some(failed),
                    _ => None,
                });
                refusal_alone(store, &error, failed)
            })
        }
        Kind::Check(_) => send_together(store, std::slice::from_ref(action), token).await,
        Kind::Delete(key) => {
            let request = client.delete_item().table_name(table).set_key(Some(key.clone()));
            let request = request.set_condition_expression(condition);
            let sent = request.set_expression_attribute_values(values).send().await;
            sent.map(drop).map_err(|error| {
                let failed = error.as_service_error().and_then(|error| match error {
                    DeleteItemError::ConditionalCheckFailedException(failed) => Some(failed),
                    _ => None,
                });
                refusal_alone(store, &error, failed)
            })
        }
    }
}

fn refusal_alone<E>(
    store: &DynamoRecordStore,
    error: &SdkError<E, HttpResponse>,
    failed: Option<&ConditionalCheckFailedException>,
) -> Refusal
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
{
    match failed {
        Some(failed) => Refusal::Conditions(vec![(0, failed.item.clone())]),
        None => Refusal::Trouble(judge(error, &store.location)),
    }
}

async fn send_together(store: &DynamoRecordStore, actions: &[Action], token: &str) -> Result<(), Refusal> {
    let items = actions
        .iter()
        .map(|action| together(action, &store.location.table))
        .collect::<Result<Vec<_>, BuildError>>()
        .map_err(|error| Refusal::Trouble(Trouble::Refused(StoreError::Invalid(error.to_string()))))?;
    let request = store
        .client
        .transact_write_items()
        .set_transact_items(Some(items));
    let Err(error) = request.client_request_token(token).send().await else {
        return Ok(());
    };
    Err(match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(canceled)) => refusal_together(canceled),
        _ => Refusal::Trouble(judge(&error, &store.location)),
    })
}

fn together(action: &Action, table: &str) -> Result<TransactWriteItem, BuildError> {
    let (condition, values, tells) = (action.condition.clone(), action.values(), tells(action));
    let item = TransactWriteItem::builder();
    Ok(match &action.kind {
        Kind::Put(attributes) => item.put(
            Put::builder()
                .table_name(table)
                .set_item(Some(attributes.clone()))
                .set_condition_expression(condition)
                .set_expression_attribute_values(values)
                .return_values_on_condition_check_failure(tells)
                .build()?,
        ),
        Kind::Update { key, expression } => item.update(
            Update::builder()
                .table_name(table)
                .set_key(Some(key.clone()))
                .update_expression(expression)
                .set_condition_expression(condition)
                .set_expression_attribute_values(values)
                .return_values_on_condition_check_failure(tells)
                .build()?,
        ),
        Kind::Delete(key) => item.delete(
            Delete::builder()
                .table_name(table)
                .set_key(Some(key.clone()))
                .set_condition_expression(condition)
                .set_expression_attribute_values(values)
                .build()?,
        ),
        Kind::Check(key) => item.condition_check(
            ConditionCheck::builder()
                .table_name(table)
                .set_key(Some(key.clone()))
                .set_condition_expression(condition)
                .set_expression_attribute_values(values)
                .build()?,
        ),
    }
    .build())
}

/// The reasons stand in the order of the actions, "None" for those that were not in the way. A failed
/// condition outweighs the rest: it was judged on a committed state.
fn refusal_together(canceled: &TransactionCanceledException) -> Refusal {
    let mut unmet = Vec::new();
    let mut trouble = None;
    for (place, reason) in canceled.cancellation_reasons().iter().enumerate() {
        let message = reason.message().unwrap_or_default();
        match reason.code().unwrap_or("None") {
            "None" => {}
            "ConditionalCheckFailed" => unmet.push((place, reason.item.clone())),
            "TransactionConflict" => trouble = Some(Trouble::Conflict),
            code @ ("ThrottlingError" | "ProvisionedThroughputExceeded" | "RequestLimitExceeded") => {
                trouble.get_or_insert(Trouble::Busy(format!("throttled ({code}: {message})")));
            }
            code => {
                let why = format!("the transaction was refused at write {place} ({code}: {message})");
                trouble = Some(Trouble::Refused(StoreError::Invalid(why)));
            }
        }
    }
    if !unmet.is_empty() {
        return Refusal::Conditions(unmet);
    }
    let unexplained = || {
        let why = canceled.message().unwrap_or("without a reason");
        Trouble::Refused(StoreError::Unavailable(format!(
            "the transaction was refused: {why}"
        )))
    };
    Refusal::Trouble(trouble.unwrap_or_else(unexplained))
}
