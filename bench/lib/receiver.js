// A receiver that is not the bottleneck: raw sockets, a fixed answer, nothing kept but the count. Run as a child of a
// benchmark; says its port on the first line, and the count so far when a line comes in. `node receiver.js [DELAY_MS]`:
// so long it thinks about each request.
import net from 'node:net'
import process from 'node:process'

const answer = Buffer.from('HTTP/1.1 204 No Content\r\n\r\n')
const headEnd = Buffer.from('\r\n\r\n')
const delayMs = Number(process.argv[2] ?? 0)
let count = 0

function reply(socket) {
  if (delayMs === 0) socket.write(answer)
  else setTimeout(() => socket.write(answer), delayMs)
}

net
  .createServer(socket => {
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
  })
  .listen(0, '127.0.0.1', function () {
    console.log(this.address().port)
  })

process.stdin.on('data', () => console.log(count))
process.stdin.on('end', () => process.exit(0))
