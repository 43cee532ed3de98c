//! Exercises what Rust's std asks of a C library. Every line of output is the same wherever it runs, so that two builds
//! of the program, over two C libraries, can be compared.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io::{BufRead, Read, Seek, SeekFrom, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Barrier, Condvar, Mutex, OnceLock, RwLock};
use std::time::{Duration, Instant, SystemTime};
use std::{env, fs, panic, process, thread};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// How often a thread-local destructor ran.
static DROPS: AtomicUsize = AtomicUsize::new(0);

struct Counted;

impl Drop for Counted {
    fn drop(&mut self) {
        DROPS.fetch_add(1, Ordering::SeqCst);
    }
}

thread_local! {
    static COUNTED: Counted = const { Counted };
    static WORDS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn main() -> process::ExitCode {
    match env::args().nth(1).as_deref() {
        Some("child") => return child(),
        Some("abort") => process::abort(),
        _ => {}
    }
    let parts: [(&str, fn() -> Outcome); 13] = [
        ("env", environment),
        ("stdin", stdin),
        ("threads", threads),
        ("locks", locks),
        ("files", files),
        ("directories", directories),
        ("processes", processes),
        ("panics", panics),
        ("sockets", sockets),
        ("time", time),
        ("numbers", numbers),
        ("memory", memory),
        ("errors", errors),
    ];
    let mut failed = 0;
    for (name, part) in parts {
        match part() {
            Ok(()) => println!("ok {name}"),
            Err(error) => {
                println!("FAILED {name}: {error}");
                failed += 1;
            }
        }
    }
    println!("{failed} failed");
    process::ExitCode::from(failed)
}

/// What the program does when it is started by itself.
fn child() -> process::ExitCode {
    let mut input = String::new();
    if let Err(error) = std::io::stdin().read_to_string(&mut input) {
        eprintln!("child: {error}");
        return process::ExitCode::from(99);
    }
    print!("child {} {}", env::var("TEST_WORD").unwrap_or_default(), input.to_uppercase());
    eprintln!("child's error stream");
    process::ExitCode::from(42)
}

fn check(condition: bool, what: &str) -> Outcome {
    if condition { Ok(()) } else { Err(what.into()) }
}

fn scratch() -> PathBuf {
    env::temp_dir().join(format!("rust-std-{}", process::id()))
}

fn environment() -> Outcome {
    // SAFETY: no other thread exists yet.
    unsafe {
        env::set_var("CLEW_A", "one");
        env::set_var("CLEW_A", "two");
        env::set_var("CLEW_B", "x");
        env::remove_var("CLEW_B");
    }
    println!("CLEW_A={:?} CLEW_B={:?}", env::var("CLEW_A"), env::var("CLEW_B").is_ok());
    println!("{} argument(s)", env::args().count());
    check(env::current_exe()?.file_name().is_some(), "current_exe")?;
    check(env::current_dir()?.is_absolute(), "current_dir")?;
    check(env::vars_os().any(|(name, _)| name == "CLEW_A"), "vars_os")
}

fn stdin() -> Outcome {
    let lines: Vec<String> = std::io::stdin().lock().lines().collect::<Result<_, _>>()?;
    println!("stdin: {} line(s) {:?}", lines.len(), lines.first());
    Ok(())
}

fn threads() -> Outcome {
    let handles: Vec<_> = (0..8u64)
        .map(|n| {
            thread::Builder::new().name(format!("worker-{n}")).stack_size(256 * 1024).spawn(move || {
                COUNTED.with(|_| {});
                WORDS.with(|words| words.borrow_mut().push(format!("word {n}")));
                let name = thread::current().name().map(str::to_owned);
                (n * n, name, WORDS.with(|words| words.borrow().len()))
            })
        })
        .collect::<Result<_, _>>()?;
    for handle in handles {
        let (square, name, words) = handle.join().map_err(|_| "a thread panicked")?;
        println!("{square} {name:?} {words}");
    }
    println!("thread-local destructors: {}", DROPS.load(Ordering::SeqCst));
    let mut total = 0;
    thread::scope(|scope| {
        let sum = scope.spawn(|| (1..=1000u64).sum::<u64>());
        total = sum.join().unwrap_or(0);
    });
    println!("scoped sum {total}");
    for _ in 0..200 {
        thread::spawn(|| {}).join().map_err(|_| "a thread panicked")?;
    }
    check(thread::available_parallelism()?.get() >= 1, "available_parallelism")
}

fn locks() -> Outcome {
    let counter = Arc::new(Mutex::new(0u64));
    let table = Arc::new(RwLock::new(HashMap::new()));
    let barrier = Arc::new(Barrier::new(4));
    let workers: Vec<_> = (0..4u64)
        .map(|n| {
            let (counter, table, barrier) = (counter.clone(), table.clone(), barrier.clone());
            thread::spawn(move || {
                barrier.wait();
                for _ in 0..10_000 {
                    *counter.lock().unwrap_or_else(|e| e.into_inner()) += 1;
                }
                table.write().unwrap_or_else(|e| e.into_inner()).insert(n, n * 10);
            })
        })
        .collect();
    for worker in workers {
        worker.join().map_err(|_| "a worker panicked")?;
    }
    println!("counter {}", *counter.lock().map_err(|_| "poisoned")?);
    let mut entries: Vec<_> = table.read().map_err(|_| "poisoned")?.clone().into_iter().collect();
    entries.sort();
    println!("table {entries:?}");

    let (send, receive) = mpsc::channel();
    let producer = thread::spawn(move || (0..100).try_for_each(|n| send.send(n)));
    println!("received {}", receive.iter().sum::<i32>());
    producer.join().map_err(|_| "the producer panicked")??;

    let pair = Arc::new((Mutex::new(false), Condvar::new()));
    let other = pair.clone();
    let waiter = thread::spawn(move || {
        let mut ready = other.0.lock().unwrap_or_else(|e| e.into_inner());
        while !*ready {
            ready = other.1.wait(ready).unwrap_or_else(|e| e.into_inner());
        }
    });
    *pair.0.lock().map_err(|_| "poisoned")? = true;
    pair.1.notify_all();
    waiter.join().map_err(|_| "the waiter panicked")?;
    let guard = pair.0.lock().map_err(|_| "poisoned")?;
    let waited = pair.1.wait_timeout(guard, Duration::from_millis(5)).map_err(|_| "poisoned")?;
    check(waited.1.timed_out(), "wait_timeout")?;
    static ONCE: OnceLock<u32> = OnceLock::new();
    check(*ONCE.get_or_init(|| 5) == 5, "OnceLock")
}

fn files() -> Outcome {
    let dir = scratch();
    fs::create_dir_all(&dir)?;
    let path = dir.join("data");
    let mut file = fs::File::options().read(true).write(true).create_new(true).open(&path)?;
    file.write_all(b"hello, file\n")?;
    file.seek(SeekFrom::Start(7))?;
    let mut rest = String::new();
    file.read_to_string(&mut rest)?;
    println!("rest {rest:?}");
    file.set_len(5)?;
    file.sync_all()?;
    println!("length {} mode {:o}", file.metadata()?.len(), file.metadata()?.mode() & 0o170000);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640))?;
    println!("permissions {:o}", fs::metadata(&path)?.permissions().mode() & 0o777);
    let stamp = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    file.set_modified(stamp)?;
    println!("modified {:?}", fs::metadata(&path)?.modified()?.duration_since(SystemTime::UNIX_EPOCH)?);
    println!("copied {}", fs::copy(&path, dir.join("copy"))?);
    fs::rename(dir.join("copy"), dir.join("renamed"))?;
    fs::hard_link(&path, dir.join("linked"))?;
    println!("links {}", fs::metadata(&path)?.nlink());
    std::os::unix::fs::symlink("data", dir.join("symbolic"))?;
    println!("symbolic {:?}", fs::read_link(dir.join("symbolic"))?);
    println!("canonical {:?}", dir.join("symbolic").canonicalize()?.file_name());
    println!("content {:?}", fs::read_to_string(dir.join("symbolic"))?);
    let mut appender = fs::File::options().append(true).open(&path)?;
    writeln!(appender, "!")?;
    println!("appended {:?}", fs::read(&path)?);
    file.lock()?;
    file.unlock()?;
    Ok(())
}

fn directories() -> Outcome {
    let dir = scratch();
    fs::create_dir_all(dir.join("a/b/c"))?;
    fs::write(dir.join("a/b/file"), "x")?;
    let mut names: Vec<_> = fs::read_dir(&dir)?
        .map(|entry| entry.map(|entry| entry.file_name()))
        .collect::<Result<_, _>>()?;
    names.sort();
    println!("entries {names:?}");
    let kinds: Vec<_> = fs::read_dir(dir.join("a/b"))?.flatten().map(|e| e.file_type()).collect();
    println!("{} entries in a/b", kinds.len());
    println!("not empty: {:?}", fs::remove_dir(dir.join("a")).map_err(|e| e.kind()));
    fs::remove_dir_all(&dir)?;
    println!("exists {}", dir.exists());
    Ok(())
}

fn processes() -> Outcome {
    let me = env::current_exe()?;
    let mut child = Command::new(&me)
        .arg("child")
        .env("TEST_WORD", "word")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    child.stdin.take().ok_or("no pipe")?.write_all(b"shout")?;
    let output = child.wait_with_output()?;
    println!(
        "{:?} {:?} {:?}",
        output.status.code(),
        String::from_utf8(output.stdout)?,
        String::from_utf8(output.stderr)?
    );
    let aborted = Command::new(&me).arg("abort").stderr(Stdio::null()).status()?;
    println!("aborted by signal {:?}", aborted.signal());
    let missing = Command::new("/no/such/program").spawn().map(drop);
    println!("missing: {:?}", missing.map_err(|error| error.kind()));
    let mut sleeper = Command::new(&me).arg("child").stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
    println!("try_wait {:?}", sleeper.try_wait()?.is_some());
    sleeper.kill()?;
    println!("killed by {:?}", sleeper.wait()?.signal());
    let moved = Command::new(&me).arg("child").current_dir("/").stdin(Stdio::null()).output()?;
    println!("moved {:?}", moved.status.code());
    Ok(())
}

fn panics() -> Outcome {
    let seen = Arc::new(Mutex::new(None));
    let place = seen.clone();
    panic::set_hook(Box::new(move |info| {
        let trace = std::backtrace::Backtrace::force_capture();
        *place.lock().unwrap_or_else(|e| e.into_inner()) =
            Some((info.to_string(), trace.to_string().lines().count()));
    }));
    let caught = panic::catch_unwind(|| {
        let _counted = Counted;
        let empty: Vec<u32> = Vec::new();
        empty[thread::current().name().map_or(0, str::len)]
    });
    let other = thread::spawn(|| panic!("in a thread")).join();
    let _ = panic::take_hook();
    println!("caught {} joined {}", caught.is_err(), other.is_err());
    println!("message {:?}", other.err().and_then(|payload| payload.downcast_ref::<&str>().copied()));
    println!("destructors {}", DROPS.load(Ordering::SeqCst));
    let seen = seen.lock().unwrap_or_else(|e| e.into_inner()).take().ok_or("the hook did not run")?;
    check(seen.0.contains("in a thread"), "panic message")?;
    check(seen.1 > 4, "backtrace")
}

fn sockets() -> Outcome {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let server = thread::spawn(move || -> std::io::Result<usize> {
        let (mut stream, _) = listener.accept()?;
        let mut data = Vec::new();
        stream.read_to_end(&mut data)?;
        stream.write_all(&data)?;
        Ok(data.len())
    });
    let mut client = TcpStream::connect_timeout(&address, Duration::from_secs(5))?;
    client.set_nodelay(true)?;
    client.set_read_timeout(Some(Duration::from_secs(5)))?;
    client.write_all(&[7; 100_000])?;
    client.shutdown(std::net::Shutdown::Write)?;
    let mut back = Vec::new();
    client.read_to_end(&mut back)?;
    println!("tcp {} {}", back.len(), server.join().map_err(|_| "the server panicked")??);
    let refused = TcpStream::connect("127.0.0.1:1").map(drop);
    println!("refused {:?}", refused.map_err(|error| error.kind()));

    let receiver = UdpSocket::bind("127.0.0.1:0")?;
    let sender = UdpSocket::bind("127.0.0.1:0")?;
    sender.send_to(b"datagram", receiver.local_addr()?)?;
    let mut buffer = [0; 32];
    println!("udp {}", receiver.recv_from(&mut buffer)?.0);

    let (mut left, mut right) = UnixStream::pair()?;
    left.write_all(b"pair")?;
    let mut four = [0; 4];
    right.read_exact(&mut four)?;
    println!("unix {:?}", std::str::from_utf8(&four)?);
    Ok(())
}

fn time() -> Outcome {
    let start = Instant::now();
    thread::sleep(Duration::from_millis(20));
    let slept = start.elapsed();
    check((20..5000).contains(&slept.as_millis()), "sleep")?;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    check(now.as_secs() > 1_600_000_000, "system time")?;
    let mut last = Instant::now();
    for _ in 0..1000 {
        let next = Instant::now();
        check(next >= last, "monotonic")?;
        last = next;
    }
    Ok(())
}

fn numbers() -> Outcome {
    println!("{} {} {}", 0.1f64 + 0.2, f64::MAX, "1e-310".parse::<f64>()?);
    println!("{:.6} {:.6} {:.6}", 2f64.powf(0.5), 1f64.sin(), 10f64.ln());
    println!("{:.6} {:.6} {:.6}", 3f64.cbrt(), 1f64.atan2(2.0), 0.5f64.tanh());
    println!("{} {}", (-7.5f64).rem_euclid(2.0), 7.9f64.floor());
    println!("{}", u128::MAX / 12345678901234567890u128);
    Ok(())
}

fn memory() -> Outcome {
    let mut blocks: Vec<Vec<u8>> = Vec::new();
    for round in 0..2000usize {
        blocks.push(vec![round as u8; (round * 37) % 5000 + 1]);
        if round % 3 == 0 {
            blocks.swap_remove(round / 3);
        }
    }
    println!("blocks {} bytes {}", blocks.len(), blocks.iter().map(Vec::len).sum::<usize>());
    let mut growing = Vec::new();
    for value in 0..3_000_000u32 {
        growing.push(value);
    }
    println!("sum {}", growing.iter().map(|&value| u64::from(value)).sum::<u64>());
    let layout = std::alloc::Layout::from_size_align(1000, 4096)?;
    // SAFETY: allocated and freed with the same layout.
    unsafe {
        let block = std::alloc::alloc(layout);
        check(block as usize % 4096 == 0, "alignment")?;
        std::alloc::dealloc(block, layout);
    }
    Ok(())
}

fn errors() -> Outcome {
    for code in [1, 2, 13, 17, 22, 28, 110, 9999] {
        println!("{}", std::io::Error::from_raw_os_error(code));
    }
    println!("{:?}", fs::File::open("/no/such/file").map(drop));
    Ok(())
}
