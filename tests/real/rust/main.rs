// Rust's standard library: threads, files in /tmp, sockets, other programs.
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;
use std::{env, fs, io, thread};

fn threads() {
    let (to, from) = mpsc::channel();
    let all: Vec<_> = (0..8)
        .map(|n| {
            let to = to.clone();
            thread::spawn(move || to.send(n * n).unwrap())
        })
        .collect();
    for one in all {
        one.join().unwrap();
    }
    drop(to);
    assert_eq!(from.iter().sum::<i32>(), 140);
    assert!(thread::available_parallelism().is_ok());
}

fn files() -> io::Result<()> {
    let dir = env::temp_dir().join("real");
    fs::create_dir_all(&dir)?;
    fs::write(dir.join("one"), "hello")?;
    fs::copy(dir.join("one"), dir.join("two"))?;
    assert_eq!(fs::read_to_string(dir.join("two"))?, "hello");
    fs::remove_dir_all(&dir)
}

fn sockets() -> io::Result<()> {
    let server = TcpListener::bind("127.0.0.1:0")?;
    let address = server.local_addr()?;
    let answer = thread::spawn(move || -> io::Result<()> {
        let (mut stream, _) = server.accept()?;
        let mut line = String::new();
        BufReader::new(stream.try_clone()?).read_line(&mut line)?;
        stream.write_all(line.to_uppercase().as_bytes())
    });
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    stream.write_all(b"hello\n")?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    assert_eq!(line, "HELLO\n");
    answer.join().unwrap()
}

fn programs() -> io::Result<()> {
    let mut child = Command::new("tr")
        .args(["a-z", "A-Z"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    child.stdin.take().unwrap().write_all(b"hello")?;
    assert_eq!(child.wait_with_output()?.stdout, b"HELLO");
    Ok(())
}

fn main() -> io::Result<()> {
    threads();
    println!("threads");
    files()?;
    println!("files");
    sockets()?;
    println!("sockets");
    programs()?;
    println!("programs");
    Ok(())
}
