//! Making a table and examining one, in words for whoever runs the product.
use super::item::{PARTITION, SORT, SWEPT, index_attributes};
use super::trouble::{Trouble, judge};
use super::{DynamoRecordStore, format, patience};
use crate::advice::Advice;
use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::config::interceptors::BeforeDeserializationInterceptorContextRef;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::{BoxError, BuildError, ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, IndexStatus, KeySchemaElement, KeyType,
    PointInTimeRecoverySpecification, Projection, ProjectionType, ScalarAttributeType, TableDescription,
    TableStatus, TimeToLiveSpecification, TimeToLiveStatus,
};
use homeroom_core::ports::record_store::{Condition, Index, Key, Record, StoreError, TransactError, Write};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long a new table may take to come up, and how often it is asked about.
const MOST_WAITS: u32 = 240;
const MOST_RECOVERY_WAITS: u32 = 60;
const WAIT: Duration = Duration::from_millis(500);
/// Beyond this a clock is reported; AWS refuses signatures that are 5 minutes off.
const MOST_SKEW_SECONDS: i64 = 30;

impl DynamoRecordStore {
    /// Makes the table with its indexes, waits until it is there, and turns on TTL and, where the service
    /// has it, point-in-time recovery. Returns a line for each step. What is there already stays as it is,
    /// so that it may be repeated.
    ///
    /// # Errors
    /// What stands in the way and what to do about it, when the service cannot be reached, refuses the
    /// credentials, or takes longer than two minutes.
    pub async fn init(&self) -> Result<Vec<String>, Advice> {
        self.make().await.map_err(|error| Advice::of_error(&error))
    }

    /// Examines the table and says what stands in the way of using it, and what to do about it: nothing if
    /// the answer is empty. Writes and removes one record that nobody sees.
    pub async fn check(&self) -> Vec<Advice> {
        match self.findings().await {
            Ok(lines) => lines.iter().map(|line| advice(line)).collect(),
            Err(error) => vec![Advice::of_error(&error)],
        }
    }

    async fn make(&self) -> Result<Vec<String>, StoreError> {
        let mut lines = vec![self.create_table().await?];
        self.wait_until_active().await?;
        format::require(self).await?;
        format::write_note(self).await?;
        lines.push(self.enable_sweep().await?);
        lines.push(self.enable_recovery().await);
        Ok(lines)
    }

    /// Each in the form "problem; remedy".
    async fn findings(&self) -> Result<Vec<String>, StoreError> {
        let (table, skew) = self.describe().await?;
        let mut findings = shape_findings(&table);
        findings.extend(skew.filter(|skew| skew.abs() > MOST_SKEW_SECONDS).map(|skew| {
            let side = if skew > 0 { "ahead of" } else { "behind" };
            let seconds = skew.abs();
            format!("this machine's clock is {seconds} s {side} the service's; set it, for example by NTP")
        }));
        findings.extend(self.sweep_finding().await?);
        if findings.is_empty() {
            format::require(self).await?;
            findings.extend(self.write_finding().await?);
        }
        Ok(findings)
    }

    async fn create_table(&self) -> Result<String, StoreError> {
        let name = self.location.name();
        let request = self
            .table_request()
            .map_err(|error| StoreError::Invalid(error.to_string()))?;
        match request.send().await {
            Ok(_) => Ok(format!(
                "made {name} with indexes owner, listing and due, billed on demand"
            )),
            Err(error) if error.code() == Some("ResourceInUseException") => {
                Ok(format!("{name} is there already"))
            }
            Err(error) => Err(self.unavailable(&error)),
        }
    }

    fn table_request(
        &self,
    ) -> Result<aws_sdk_dynamodb::operation::create_table::builders::CreateTableFluentBuilder, BuildError>
    {
        let mut request = self
            .client
            .create_table()
            .table_name(&self.location.table)
            .billing_mode(BillingMode::PayPerRequest)
            .set_key_schema(Some(key_schema((PARTITION, SORT))?));
        let mut attributes = vec![PARTITION, SORT];
        for index in Index::ALL {
            let keys = index_attributes(index);
            attributes.extend([keys.0, keys.1]);
            let everything = Projection::builder().projection_type(ProjectionType::All).build();
            let index = GlobalSecondaryIndex::builder()
                .index_name(index.name())
                .set_key_schema(Some(key_schema(keys)?))
                .projection(everything);
            request = request.global_secondary_indexes(index.build()?);
        }
        for attribute in attributes {
            let definition = AttributeDefinition::builder()
                .attribute_name(attribute)
                .attribute_type(ScalarAttributeType::S);
            request = request.attribute_definitions(definition.build()?);
        }
        Ok(request)
    }

    async fn wait_until_active(&self) -> Result<(), StoreError> {
        for _ in 0..MOST_WAITS {
            // A table that was just made may not be found for a moment.
            let described = self
                .client
                .describe_table()
                .table_name(&self.location.table)
                .send()
                .await;
            match described {
                Ok(answer) if answer.table().is_some_and(is_active) => return Ok(()),
                Ok(_) => {}
                Err(error) if error.code() == Some("ResourceNotFoundException") => {}
                Err(error) => return Err(self.unavailable(&error)),
            }
            tokio::time::sleep(WAIT).await;
        }
        let name = self.location.name();
        Err(StoreError::Unavailable(format!(
            "{name} is still being made; try again in a few minutes"
        )))
    }

    async fn enable_sweep(&self) -> Result<String, StoreError> {
        if self.sweep_finding().await?.is_none() {
            return Ok(format!("expired records are swept by TTL on attribute {SWEPT}"));
        }
        let sweep = TimeToLiveSpecification::builder()
            .enabled(true)
            .attribute_name(SWEPT);
        let sweep = sweep
            .build()
            .map_err(|error| StoreError::Invalid(error.to_string()))?;
        let request = self.client.update_time_to_live().table_name(&self.location.table);
        let sent = request.time_to_live_specification(sweep).send().await;
        sent.map_err(|error| self.unavailable(&error))?;
        Ok(format!(
            "turned on TTL on attribute {SWEPT}, which sweeps expired records"
        ))
    }

    /// Backups of a table that was just made are not available for a moment.
    async fn enable_recovery(&self) -> String {
        let enabled = PointInTimeRecoverySpecification::builder().point_in_time_recovery_enabled(true);
        let enabled = enabled.build().ok();
        for _ in 0..MOST_RECOVERY_WAITS {
            let request = self.client.update_continuous_backups();
            let request = request.table_name(&self.location.table);
            let request = request.set_point_in_time_recovery_specification(enabled.clone());
            let Err(error) = request.send().await else {
                return "turned on point-in-time recovery".into();
            };
            let code = error.code().unwrap_or("no answer");
            if code != "ContinuousBackupsUnavailableException" {
                return format!(
                    "point-in-time recovery could not be turned on ({code}); back up by other means"
                );
            }
            tokio::time::sleep(WAIT).await;
        }
        "point-in-time recovery is not available yet; run this again in a few minutes".into()
    }

    /// The table, and by how many seconds the injected clock is ahead of the service's.
    async fn describe(&self) -> Result<(TableDescription, Option<i64>), StoreError> {
        let date = ServiceDate::default();
        let answer = patience::read(self.ids.as_ref(), || {
            let request = self.client.describe_table().table_name(&self.location.table);
            let request = request.customize().interceptor(date.clone());
            async move {
                request
                    .send()
                    .await
                    .map_err(|error| judge(&error, &self.location))
            }
        });
        let table = answer
            .await?
            .table
            .ok_or_else(|| StoreError::Unavailable(format!("{} was not described", self.location.name())))?;
        let skew = date
            .get()
            .map(|date| self.clock.now().as_second() - date.as_second());
        Ok((table, skew))
    }

    async fn sweep_finding(&self) -> Result<Option<String>, StoreError> {
        let answer = patience::read(self.ids.as_ref(), || {
            let request = self
                .client
                .describe_time_to_live()
                .table_name(&self.location.table);
            async move {
                request
                    .send()
                    .await
                    .map_err(|error| judge(&error, &self.location))
            }
        });
        let answer = answer.await?;
        let sweep = answer.time_to_live_description();
        let on = sweep.is_some_and(|sweep| {
            let status = sweep.time_to_live_status();
            let on = matches!(
                status,
                Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling)
            );
            on && sweep.attribute_name() == Some(SWEPT)
        });
        Ok((!on).then(|| {
            format!(
                "TTL is not on for attribute {SWEPT}: expired records are never removed; run `homeroom admin \
                 records init`"
            )
        }))
    }

    /// Writes an expired record together with a check, and removes it.
    async fn write_finding(&self) -> Result<Option<String>, StoreError> {
        let partition = format!("check#{}", self.ids.uuid());
        let probe = Record {
            expires_at: Some(Timestamp::UNIX_EPOCH),
            ..Record::new(Key::new(&partition, "written"), Vec::new())
        };
        let key = probe.key.clone();
        let absent = Write::Check(Key::new(&partition, "checked"), Condition::Absent);
        let writes = [Write::Put(probe, Condition::Any), absent];
        let outcome = super::transact::transact(self, &writes).await;
        let outcome = match outcome {
            Ok(()) => super::transact::transact(self, &[Write::Delete(key, Condition::Any)]).await,
            failed => failed,
        };
        let why = match outcome {
            Ok(()) => return Ok(None),
            Err(TransactError::Store(error)) => error.to_string(),
            Err(other) => other.to_string(),
        };
        if why.contains("UnknownOperation") {
            return Ok(Some(format!(
                "the service has no transactions (TransactWriteItems), without which the product cannot \
                 work (ScyllaDB Alternator is such a service); use DynamoDB or PostgreSQL ({why})"
            )));
        }
        Ok(Some(format!("a record cannot be written: {why}")))
    }

    fn unavailable<E>(&self, error: &SdkError<E, HttpResponse>) -> StoreError
    where
        E: std::error::Error + ProvideErrorMetadata + 'static,
    {
        match judge(error, &self.location) {
            Trouble::Refused(error) => error,
            Trouble::Busy(why) | Trouble::Unreachable(why) | Trouble::Lost(why) => {
                StoreError::Unavailable(why)
            }
            Trouble::Conflict => StoreError::Unavailable("another change of the table is under way".into()),
        }
    }
}

fn advice(line: &str) -> Advice {
    let (problem, remedy) = line.split_once("; ").unwrap_or((line, ""));
    Advice::new(problem, remedy)
}

fn key_schema((partition, sort): (&str, &str)) -> Result<Vec<KeySchemaElement>, BuildError> {
    [(partition, KeyType::Hash), (sort, KeyType::Range)]
        .into_iter()
        .map(|(attribute, kind)| {
            KeySchemaElement::builder()
                .attribute_name(attribute)
                .key_type(kind)
                .build()
        })
        .collect()
}

fn is_active(table: &TableDescription) -> bool {
    let indexes = table.global_secondary_indexes();
    table.table_status() == Some(&TableStatus::Active)
        && indexes
            .iter()
            .all(|index| matches!(index.index_status(), None | Some(IndexStatus::Active)))
}

fn shape_findings(table: &TableDescription) -> Vec<String> {
    let mut findings = Vec::new();
    if !has_keys(table.key_schema(), (PARTITION, SORT)) {
        findings.push(format!(
            "the table's keys are not {PARTITION} (partition) and {SORT} (sort), so that this is another program's \
             table; name a new one and run `homeroom admin records init`"
        ));
    }
    let strings = table.attribute_definitions();
    for definition in strings
        .iter()
        .filter(|found| found.attribute_type() != &ScalarAttributeType::S)
    {
        let attribute = definition.attribute_name();
        findings.push(format!(
            "attribute {attribute} is not a string; name a new table and run `homeroom admin records init`"
        ));
    }
    for index in Index::ALL {
        findings.extend(index_finding(table, index));
    }
    if !is_active(table) {
        findings.push("the table or one of its indexes is not active yet; wait, and check again".into());
    }
    findings
}

fn index_finding(table: &TableDescription, index: Index) -> Option<String> {
    let (partition, sort) = index_attributes(index);
    let wanted = format!("partition key {partition}, sort key {sort}, all attributes projected");
    let name = index.name();
    let indexes = table.global_secondary_indexes();
    let Some(found) = indexes.iter().find(|found| found.index_name() == Some(name)) else {
        return Some(format!(
            "index {name} is missing; add a global secondary index {name} ({wanted})"
        ));
    };
    let whole = found.projection().and_then(Projection::projection_type) == Some(&ProjectionType::All);
    if has_keys(found.key_schema(), (partition, sort)) && whole {
        return None;
    }
    Some(format!(
        "index {name} has another shape; remove it and add it again ({wanted})"
    ))
}

fn has_keys(schema: &[KeySchemaElement], (partition, sort): (&str, &str)) -> bool {
    let is = |element: &KeySchemaElement, name: &str, kind: &KeyType| {
        element.attribute_name() == name && element.key_type() == kind
    };
    schema.len() == 2
        && schema
            .iter()
            .any(|element| is(element, partition, &KeyType::Hash))
        && schema.iter().any(|element| is(element, sort, &KeyType::Range))
}

/// Keeps the `Date` of the last answer.
#[derive(Clone, Debug, Default)]
struct ServiceDate(Arc<Mutex<Option<Timestamp>>>);

impl ServiceDate {
    fn get(&self) -> Option<Timestamp> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Intercept for ServiceDate {
    fn name(&self) -> &'static str {
        "ServiceDate"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let date = context.response().headers().get("date");
        let date = date.and_then(|date| DateTimeParser::new().parse_timestamp(date).ok());
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = date;
        Ok(())
    }
}
