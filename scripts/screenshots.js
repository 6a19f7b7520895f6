// Makes docs/status-page.png and docs/status-page-narrow.png: the status page of a server with a little history, as the
// Chromium of this machine shows it. Run after a build: npm run screenshots.
import {execFile, spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync, rmSync} from 'node:fs'
import {createServer} from 'node:http'
import {tmpdir} from 'node:os'
import path from 'node:path'
import process from 'node:process'
import {fileURLToPath} from 'node:url'
import {promisify} from 'node:util'
import {chromium} from 'playwright-core'

const root = fileURLToPath(new URL('..', import.meta.url))
const program = path.join(root, 'bin/run.js')
const executablePath = ['chromium', 'chromium-browser', 'google-chrome']
  .map(name => spawnSync('sh', ['-c', `command -v ${name}`], {encoding: 'utf8'}).stdout.trim())
  .find(found => found !== '')
if (executablePath === undefined) {
  console.error('no chromium is installed: apt-get install chromium')
  process.exit(1)
}

const folder = mkdtempSync(path.join(tmpdir(), 'hookctl-screenshots-'))
const env = {PATH: process.env.PATH, HOME: folder, HOOKCTL_STORE: `sqlite:${path.join(folder, 'hookctl.db')}`}

const runFile = promisify(execFile)

/** What a command prints. Not waited for with the process: the receiver below has to answer meanwhile. */
async function hookctl(...args) {
  const {stdout} = await runFile(process.execPath, [program, ...args, '--json'], {env})
  return JSON.parse(stdout)
}

/** Answers by path, so that the page has something to show. */
const receiver = createServer((request, response) => {
  request.resume().on('end', () => {
    const isDown = request.url === '/siem'
    response.writeHead(isDown ? 503 : 204, isDown ? {'content-type': 'application/json', 'retry-after': '120'} : {})
    response.end(isDown ? '{"error": "index is read-only", "node": "siem-2"}\n' : undefined)
  })
})

async function furnish(url) {
  const webhook = (name, platform, event, where, ...more) =>
    hookctl(
      'webhook',
      'create',
      '--name',
      name,
      '--platform',
      platform,
      '--event',
      event,
      '--url',
      `${url}${where}`,
      ...more,
    )
  await webhook('cmdb', 'catalyst', 'node.*', '/cmdb', '--allow-http')
  await webhook('siem', 'catalyst', '*', '/siem', '--allow-http', '--retry', 'manual')
  await webhook('ipam', 'netbox', 'dcim.site.*', '/ipam')
  await webhook('lab', 'standard', 'node.added', '/lab', '--inactive')
  for (const name of ['db-1', 'db-2', 'web-1', 'web-2']) {
    await hookctl('event', 'send', 'node.added', '--data', JSON.stringify({name, nebula_ip: '10.42.0.7'}))
  }
  await hookctl('event', 'send', 'dcim.site.created', '--example')
  await hookctl('event', 'send', 'group.updated', '--example')
}

const looks = [
  ['status-page.png', {viewport: {width: 1120, height: 860}, colorScheme: 'light'}, false],
  ['status-page-narrow.png', {viewport: {width: 360, height: 760}, colorScheme: 'dark'}, true],
]

const server = spawn(process.execPath, [program, 'serve', '--listen', '127.0.0.1:0', '--json'], {env})
let browser
try {
  receiver.listen(0, '127.0.0.1')
  await Promise.all([once(server.stdout, 'data'), once(receiver, 'listening')])
  await furnish(`http://127.0.0.1:${receiver.address().port}`)
  browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
  for (const [name, options, isDetail] of looks) {
    const page = await (await browser.newContext(options)).newPage()
    await page.goto((await hookctl('web', '--no-open')).url)
    await page.getByText('live', {exact: true}).waitFor()
    const failed = page.locator('#delivery-rows tr', {hasText: 'failed'}).first().getByRole('link')
    await failed.waitFor()
    await page.locator('#webhook-rows tr').nth(3).waitFor()
    if (isDetail) {
      await failed.click()
      await page.getByRole('heading', {name: 'Request', exact: true}).waitFor()
    }
    await page.screenshot({path: path.join(root, 'docs', name)})
  }
} finally {
  await browser?.close()
  server.kill('SIGINT')
  receiver.close()
  await once(server, 'close')
  rmSync(folder, {recursive: true, force: true, maxRetries: 3})
}
