// A receiver that is not the bottleneck: raw sockets, a fixed answer, nothing kept but the count. Run as a child of a
// benchmark; says its ports on the first line, and the count so far when a line comes in. `node receiver.js [DELAY_MS]
// [PORTS]`: so long it thinks about each request, and on so many ports it listens.
import {once} from 'node:events'
import net from 'node:net'
import process from 'node:process'

const answer = Buffer.from('HTTP/1.1 204 No Content\r\n\r\n')
const headEnd = Buffer.from('\r\n\r\n')
const [delayMs, ports] = [Number(process.argv[2] ?? 0), Number(process.argv[3] ?? 1)]
let count = 0

function reply(socket) {
  if (delayMs === 0) socket.write(answer)
  else setTimeout(() => socket.write(answer), delayMs)
}

function serve(socket) {
  socket.setNoDelay(true)
  let pending = Buffer.alloc(0)
  socket.on('error', () => {})
  socket.on('data', chunk => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    for (;;) {
      const end = pending.indexOf(headEnd)
      if (end < 0) return
      const length = Number(/content-length: *(\d+)/i.exec(pending.latin1Slice(0, end))?.[1] ?? 0)
      if (pending.length < end + 4 + length) return
      pending = pending.subarray(end + 4 + length)
      count++
      reply(socket)
    }
  })
}

const listening = async () => {
  const server = net.createServer(serve).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server.address().port
}
console.log((await Promise.all(Array.from({length: ports}, listening))).join(' '))

process.stdin.on('data', () => console.log(count))
process.stdin.on('end', () => process.exit(0))
