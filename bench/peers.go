// SPDX-License-Identifier: MIT

// rs/cors for bench/contest.py, which has the protocol: its handler alone, around a handler that
// does nothing. The request is parsed, and the response keeps its header map, which is emptied
// between requests as a server's cannot be; the garbage collector has no other core to hide on.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"runtime"
	"syscall"

	"github.com/rs/cors"
)

type request struct {
	Method  string
	Path    string
	Headers [][2]string
}

type workload struct {
	Name        string
	Origins     []string
	Methods     []string
	Headers     []string
	Credentials bool
	Request     request
}

// response is the least that a handler can write to.
type response struct {
	header http.Header
	status int
}

func (r *response) Header() http.Header            { return r.header }
func (r *response) Write(body []byte) (int, error) { return len(body), nil }
func (r *response) WriteHeader(status int)         { r.status = status }

func (r *response) empty() {
	for name := range r.header {
		delete(r.header, name)
	}
	r.status = http.StatusOK
}

// call is a workload that is ready to run.
type call struct {
	handler  http.Handler
	request  *http.Request
	response *response
	calls    int
	perCall  float64
}

func prepare(w workload) *call {
	// Its * stands for any bytes, where libcors' stays within the name; no workload tells them apart.
	handler := cors.New(cors.Options{AllowedOrigins: w.Origins, AllowedMethods: w.Methods,
		AllowedHeaders: w.Headers, AllowCredentials: w.Credentials})
	asked, err := http.NewRequest(w.Request.Method, "http://api.example.com"+w.Request.Path, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, line := range w.Request.Headers {
		if line[0] != "Host" {
			asked.Header.Add(line[0], line[1])
		}
	}
	nothing := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	return &call{handler.Handler(nothing), asked, &response{header: http.Header{}}, 0, 0}
}

func (c *call) run(calls int) {
	for i := 0; i < calls; i++ {
		c.response.empty()
		c.handler.ServeHTTP(c.response, c.request)
	}
}

// processorTime is what the process used until now, in nanoseconds.
func processorTime() int64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		log.Fatal(err)
	}
	return usage.Utime.Nano() + usage.Stime.Nano()
}

// measure is what a call takes, in nanoseconds, when there are so many of them.
func (c *call) measure(calls int) float64 {
	begin := processorTime()
	c.run(calls)
	return float64(processorTime()-begin) / float64(calls)
}

// round runs for about so many nanoseconds. The first one finds out how many calls that are.
func (c *call) round(wanted float64) float64 {
	for c.calls == 0 || c.perCall*float64(c.calls) < wanted/4 {
		c.calls = 2*c.calls + 1
		c.perCall = c.measure(c.calls)
	}
	c.calls = 1 + int(wanted/c.perCall)
	c.perCall = c.measure(c.calls)
	return c.perCall
}

type answer struct {
	Status int         `json:"status"`
	Lines  [][2]string `json:"lines"`
}

func (c *call) answer() answer {
	c.run(1)
	given := answer{c.response.status, [][2]string{}}
	for name, values := range c.response.header {
		for _, value := range values {
			given.Lines = append(given.Lines, [2]string{name, value})
		}
	}
	return given
}

func print(out *json.Encoder, value interface{}) {
	if err := out.Encode(value); err != nil {
		log.Fatal(err)
	}
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: peers WORKLOADS")
	}
	runtime.GOMAXPROCS(1)
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	var workloads []workload
	if err := json.Unmarshal(text, &workloads); err != nil {
		log.Fatal(err)
	}
	var calls []*call
	var answers []answer
	for _, w := range workloads {
		c := prepare(w)
		calls = append(calls, c)
		answers = append(answers, c.answer())
	}
	out := json.NewEncoder(os.Stdout)
	print(out, map[string]interface{}{"rs/cors": answers})
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		var name string
		var index int
		var milliseconds float64
		if _, err := fmt.Sscan(in.Text(), &name, &index, &milliseconds); err != nil {
			log.Fatal(err)
		}
		print(out, calls[index].round(milliseconds*1e6))
	}
}
