// Go: goroutines, files in /tmp, a server on the loopback interface and its clients.
package main

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func goroutines() {
	var wg sync.WaitGroup
	sum := make(chan int, 1000)

	for n := 0; n < 1000; n++ {
		wg.Add(1)
		go func(n int) {
			defer wg.Done()
			runtime.Gosched()
			sum <- n
		}(n)
	}
	wg.Wait()
	close(sum)
	total := 0
	for n := range sum {
		total += n
	}
	if total != 499500 {
		log.Fatal("goroutines: ", total)
	}
}

func files() {
	dir, err := os.MkdirTemp("", "real")
	check(err)
	name := filepath.Join(dir, "file")
	check(os.WriteFile(name, []byte("hello"), 0o600))
	text, err := os.ReadFile(name)
	check(err)
	if string(text) != "hello" {
		log.Fatal("files: ", string(text))
	}
	check(os.RemoveAll(dir))
}

func sockets() {
	listener, err := net.Listen("tcp", "localhost:0")
	check(err)
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go io.Copy(c, c)
		}
	}()
	for n := 0; n < 10; n++ {
		c, err := net.DialTimeout("tcp", listener.Addr().String(), 10*time.Second)
		check(err)
		fmt.Fprintf(c, "line %d\n", n)
		line, err := bufio.NewReader(c).ReadString('\n')
		check(err)
		if line != fmt.Sprintf("line %d\n", n) {
			log.Fatal("sockets: ", line)
		}
		check(c.Close())
	}
	check(listener.Close())
}

func web() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	go http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.URL.Path)
	}))
	client := http.Client{Timeout: 10 * time.Second}
	reply, err := client.Get("http://" + listener.Addr().String() + "/hello")
	check(err)
	body, err := io.ReadAll(reply.Body)
	check(err)
	if string(body) != "/hello" {
		log.Fatal("web: ", string(body))
	}
}

func main() {
	goroutines()
	fmt.Println("goroutines")
	files()
	fmt.Println("files")
	sockets()
	fmt.Println("sockets")
	web()
	fmt.Println("web")
}
