//! All or none: large transactions, what readers see, and what concurrent writers cannot do.
use super::subject::{RecordStoreSubject, Scratch, add, assert_conditions, put, put_if};
use homeroom_core::ports::record_store::{Condition, Index, Record, Write};

/// A hundred writes of every kind are one transaction.
pub async fn a_hundred_writes_are_one(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    let names: Vec<String> = (0..100).map(|number| format!("{number:03}")).collect();
    let last = |condition| -> Vec<Write> {
        let puts = names[..99]
            .iter()
            .map(|name| put_if(scratch.listed(name, Index::Owner, name), condition));
        puts.chain([Write::Check(scratch.key("099"), Condition::Present)])
            .collect()
    };
    assert_conditions(subject, &scratch.transact(last(Condition::Absent)).await, &[99]);
    assert!(scratch.find(&scratch.query()).await.is_empty());

    scratch.fill(["099"]).await;
    scratch.write(last(Condition::Absent)).await;
    assert_eq!(scratch.find(&scratch.query()).await, names);

    let everything = names
        .iter()
        .enumerate()
        .map(|(number, name)| match number % 3 {
            0 => Write::Delete(scratch.key(name), Condition::Version(1)),
            1 => add(scratch.key(name), 1, 0, 1),
            _ => put(scratch.record(name)),
        })
        .collect();
    scratch.write(everything).await;
    assert_eq!(scratch.find(&scratch.query()).await.len(), 66);
}

/// A reader that saw one item of a transaction sees the others when it looks afterwards.
pub async fn readers_never_see_half(subject: &mut dyn RecordStoreSubject) {
    const ROUNDS: u8 = 100;
    let scratch = Scratch::new(subject);
    let state = |scratch: &Scratch, round: u8| -> Vec<Write> {
        ["left", "right"]
            .map(|sort| put(Record::new(scratch.key(sort), vec![round])))
            .to_vec()
    };
    scratch.write(state(&scratch, 0)).await;
    let readers: Vec<_> = [("left", "right"), ("right", "left")]
        .into_iter()
        .map(|(first, second)| {
            let scratch = scratch.clone();
            tokio::spawn(async move {
                loop {
                    let earlier = scratch.get(first).await.expect("it is there").body[0];
                    let later = scratch.get(second).await.expect("it is there").body[0];
                    assert!(
                        later >= earlier,
                        "{second} is at {later}, {first} was at {earlier}"
                    );
                    if later == ROUNDS {
                        break;
                    }
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    for round in 1..=ROUNDS {
        scratch.write(state(&scratch, round)).await;
    }
    for reader in readers {
        reader.await.expect("no reader saw half of a transaction");
    }
}

/// Money moved between accounts by many tasks is neither made nor lost, and never overdrawn.
pub async fn transfers_keep_the_sum(subject: &mut dyn RecordStoreSubject) {
    const ACCOUNTS: usize = 4;
    let scratch = Scratch::new(subject);
    let name = |account: usize| format!("account {account}");
    for account in 0..ACCOUNTS {
        scratch
            .write(vec![add(scratch.key(&name(account)), 5, 0, 100)])
            .await;
    }
    let tasks: Vec<_> = (0..16)
        .map(|task| {
            let scratch = scratch.clone();
            tokio::spawn(async move {
                for step in 0..8 {
                    let (from, to) = ((task + step) % ACCOUNTS, (task * 3 + step * 2 + 1) % ACCOUNTS);
                    if from != to {
                        let take = add(scratch.key(&name(from)), -2, 0, 100);
                        let give = add(scratch.key(&name(to)), 2, 0, 100);
                        // Overdrawn: refused, as it must be.
                        let _ = scratch.transact(vec![take, give]).await;
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("transfers do not panic");
    }
    let mut sum = 0;
    for account in 0..ACCOUNTS {
        let count = scratch.get(&name(account)).await.expect("it was created").count;
        assert!(count >= 0);
        sum += count;
    }
    assert_eq!(sum, 20);
}

/// Two transactions that each check what the other writes cannot both succeed.
pub async fn checks_exclude_write_skew(subject: &mut dyn RecordStoreSubject) {
    for round in 0..20 {
        let scratch = Scratch::new(subject);
        let claim = |mine: &str, other: &str| {
            let (scratch, mine, other) = (scratch.clone(), mine.to_owned(), other.to_owned());
            tokio::spawn(async move {
                let check = Write::Check(scratch.key(&other), Condition::Absent);
                scratch
                    .transact(vec![check, put(scratch.record(&mine))])
                    .await
                    .is_ok()
            })
        };
        let (one, two) = (claim("one", "two"), claim("two", "one"));
        let (one, two) = (one.await.expect("no panic"), two.await.expect("no panic"));
        assert!(one != two, "round {round}: exactly one succeeds");
        assert_eq!(scratch.find(&scratch.query()).await.len(), 1);
    }
}

/// What a transaction wrote is there for whoever asks after it was answered.
pub async fn reads_see_every_answered_write(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    let tasks: Vec<_> = (0..16)
        .map(|task| {
            let scratch = scratch.clone();
            tokio::spawn(async move {
                let sort = format!("task {task}");
                for round in 1..=10 {
                    scratch.fill([sort.as_str()]).await;
                    let seen = scratch.get(&sort).await.expect("it was put").version;
                    assert_eq!(seen, round);
                    let listed = scratch.page(&scratch.query()).await.records;
                    let mine = listed.iter().find(|record| record.key.sort == sort);
                    assert_eq!(mine.map(|record| record.version), Some(round));
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("every task saw its own writes");
    }
}
