//! A plain HTTP client for measurements: blocking sockets, one buffer, nothing in between.
//!
//! ```text
//! bench_objects get URL                  reads the answer, prints bytes per second
//! bench_objects put URL SIZE             sends SIZE bytes, waits for the answer
//! bench_objects puts CLIENTS SIZE        PUT lines (`PUT url`) on standard input, spread over clients
//! ```
#![expect(clippy::cast_precision_loss, reason = "rates are printed with three digits")]

use std::io::{self, BufRead as _, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const BUFFER_BYTES: usize = 256 * 1024;

struct Url<'a> {
    authority: &'a str,
    target: &'a str,
}

fn split(url: &str) -> Url<'_> {
    let rest = url.strip_prefix("http://").expect("only http is measured");
    let slash = rest.find('/').expect("a URL has a path");
    Url {
        authority: &rest[..slash],
        target: &rest[slash..],
    }
}

/// Reads the head of an answer and gives its length and what came of the body.
fn read_head(stream: &mut TcpStream, buffer: &mut [u8]) -> io::Result<(u64, usize)> {
    let mut filled = 0;
    loop {
        let read = stream.read(&mut buffer[filled..])?;
        if read == 0 {
            return Err(io::Error::other("the server closed"));
        }
        filled += read;
        let Some(end) = buffer[..filled].windows(4).position(|four| four == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(&buffer[..end]).to_ascii_lowercase();
        if !head.starts_with("http/1.1 200") {
            let shown = String::from_utf8_lossy(&buffer[..filled]).into_owned();
            return Err(io::Error::other(shown));
        }
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
        return Ok((length.unwrap_or(0), filled - end - 4));
    }
}

fn get(url: &str) -> io::Result<()> {
    let url = split(url);
    let mut stream = TcpStream::connect(url.authority)?;
    let started = Instant::now();
    write!(
        stream,
        "GET {} HTTP/1.1\r\nhost: {}\r\n\r\n",
        url.target, url.authority
    )?;
    let mut buffer = vec![0; BUFFER_BYTES];
    let (length, first) = read_head(&mut stream, &mut buffer)?;
    let mut left = length - first as u64;
    while left > 0 {
        let read = stream.read(&mut buffer)?;
        if read == 0 {
            return Err(io::Error::other("cut off"));
        }
        left -= read as u64;
    }
    report("GET", length, started.elapsed());
    Ok(())
}

fn put_on(
    stream: &mut TcpStream,
    url: &str,
    size: usize,
    content: &[u8],
    buffer: &mut [u8],
) -> io::Result<()> {
    let url = split(url);
    let head = format!(
        "PUT {} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/octet-stream\r\nif-none-match: *\r\ncontent-length: {size}\r\n\r\n",
        url.target, url.authority
    );
    stream.write_all(head.as_bytes())?;
    let mut left = size;
    while left > 0 {
        let take = left.min(content.len());
        stream.write_all(&content[..take])?;
        left -= take;
    }
    let (length, first) = read_head(stream, buffer)?;
    let rest = usize::try_from(length).map_err(io::Error::other)? - first;
    stream.read_exact(&mut buffer[..rest])
}

fn put(url: &str, size: usize) -> io::Result<()> {
    let mut stream = TcpStream::connect(split(url).authority)?;
    let content = vec![0; 1024 * 1024];
    let started = Instant::now();
    put_on(&mut stream, url, size, &content, &mut vec![0; BUFFER_BYTES])?;
    report("PUT", size as u64, started.elapsed());
    Ok(())
}

fn puts(clients: usize, size: usize) {
    let urls: Vec<String> = io::stdin()
        .lock()
        .lines()
        .map_while(Result::ok)
        .filter_map(|line| line.strip_prefix("PUT ").map(str::to_owned))
        .collect();
    let next = AtomicUsize::new(0);
    let started = Instant::now();
    let mut times: Vec<Duration> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..clients)
            .map(|_| scope.spawn(|| client(&urls, &next, size)))
            .collect();
        clients
            .into_iter()
            .flat_map(|client| client.join().expect("a client does not panic"))
            .collect()
    });
    let elapsed = started.elapsed();
    times.sort_unstable();
    let rate = times.len() as f64 / elapsed.as_secs_f64();
    let p95 = times.get(times.len() * 95 / 100).copied().unwrap_or_default();
    println!(
        "{} PUTs of {size} bytes: {rate:.0}/s, p95 {} ms",
        times.len(),
        p95.as_millis()
    );
}

fn client(urls: &[String], next: &AtomicUsize, size: usize) -> Vec<Duration> {
    let mut times = Vec::new();
    let (content, mut buffer) = (vec![7; size.min(1024 * 1024)], vec![0; 16 * 1024]);
    let Some(first) = urls.first() else { return times };
    let mut stream = TcpStream::connect(split(first).authority).expect("the server listens");
    stream.set_nodelay(true).expect("a socket has the option");
    while let Some(url) = urls.get(next.fetch_add(1, Ordering::Relaxed)) {
        let started = Instant::now();
        put_on(&mut stream, url, size, &content, &mut buffer).expect("the server accepts");
        times.push(started.elapsed());
    }
    times
}

fn report(what: &str, bytes: u64, elapsed: Duration) {
    let rate = bytes as f64 / elapsed.as_secs_f64() / 1e9;
    println!(
        "{what} {bytes} bytes in {:.3} s: {rate:.3} GB/s",
        elapsed.as_secs_f64()
    );
}

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |text: &str| text.parse::<usize>().map_err(io::Error::other);
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["get", url] => get(url),
        ["put", url, size] => put(url, number(size)?),
        ["puts", clients, size] => {
            puts(number(clients)?, number(size)?);
            Ok(())
        }
        _ => Err(io::Error::other(
            "usage: bench_objects get URL | put URL SIZE | puts CLIENTS SIZE",
        )),
    }
}
