# Ruby: threads, fibers, a store in /data, sockets, fork and other programs.
require 'json'
require 'open3'
require 'pstore'
require 'socket'
require 'timeout'

def threads
  queue = Queue.new
  8.times.map { |n| Thread.new { queue << n * n } }.each(&:join)
  raise unless 8.times.sum { queue.pop } == 140

  numbers = Fiber.new { 3.times { |n| Fiber.yield n } }
  raise unless [numbers.resume, numbers.resume] == [0, 1]
end

def store
  store = PStore.new('/data/store')
  store.transaction { store[:value] = JSON.parse('{"deep": ["yes"]}') }
  raise unless store.transaction(true) { store[:value]['deep'] } == ['yes']
end

def sockets
  server = TCPServer.new('127.0.0.1', 0)
  answer = Thread.new { server.accept.then { |c| c.puts c.gets.upcase; c.close } }
  client = TCPSocket.new('127.0.0.1', server.addr[1])
  client.puts 'hello'
  raise unless client.gets == "HELLO\n"

  answer.join
end

def processes
  out, status = Open3.capture2('tr', 'a-z', 'A-Z', stdin_data: 'hello')
  raise unless out == 'HELLO' && status.success?

  from, to = IO.pipe
  pid = fork { to.puts 'from the child' }
  to.close
  raise unless from.gets == "from the child\n"

  Process.wait pid
end

$stdout.sync = true
Timeout.timeout(50) do
  %i[threads store sockets processes].each do |part|
    send part
    puts part
  end
end
