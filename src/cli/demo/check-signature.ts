import {spawn, spawnSync} from 'node:child_process'
import process from 'node:process'

/** Computes HMAC-SHA-512 with something that is not hookctl. */
export interface OtherImplementation {
  /** As it calls itself: `OpenSSL 3.0.17`. */
  readonly name: string
  /** Lower-case hex. */
  digest(secret: string, body: Uint8Array): Promise<string>
}

/** openssl where it is on the path, else node:crypto in a process of its own. */
export function otherImplementation(): OtherImplementation {
  const version = spawnSync('openssl', ['version'], {encoding: 'utf8'})
  if (version.status === 0) {
    return {
      name: version.stdout.split(' ').slice(0, 2).join(' '),
      // The key stands on openssl's command line, where it wants it: a secret of this demo, dead in a second.
      digest: (secret, body) => run('openssl', ['dgst', '-sha512', '-mac', 'HMAC', '-macopt', `hexkey:${Buffer.from(secret).toString('hex')}`], body),
    }
  }
  const script =
    "const h=require('node:crypto').createHmac('sha512',process.env.DEMO_SECRET);process.stdin.on('data',c=>h.update(c)).on('end',()=>console.log(h.digest('hex')))"
  return {
    name: `node:crypto of ${process.version}, in a process of its own`,
    digest: (secret, body) => run(process.execPath, ['-e', script], body, {DEMO_SECRET: secret}),
  }
}

/** The hex digits a program prints when it is given the body on stdin. */
async function run(program: string, args: readonly string[], body: Uint8Array, env: Record<string, string> = {}): Promise<string> {
  const child = spawn(program, args, {stdio: ['pipe', 'pipe', 'ignore'], env: {...process.env, ...env}})
  child.stdin.end(body)
  let printed = ''
  for await (const chunk of child.stdout) printed += chunk
  return /([0-9a-f]{128})\s*$/.exec(printed)?.[1] ?? ''
}
