// What a long history costs: lists, counts, a dry run of a replay and the worker's claim on stores of 10,000 and 100,000
// deliveries, of the same on the smallest one; by command, and by the question to the store alone.
// What a long history costs the worker: draining on the largest of them, of an empty store.
// `node bench/history.js [--million] [--rounds 7] [--json]`: --million adds a store of a million deliveries.
import {spawnSync} from 'node:child_process'
import {copyFileSync, rmSync} from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import {openStore} from '../src/store/open.ts'
import {makeHistory} from './lib/history.js'
import {inFolder, runCommand, startReceiver, startServer, untilDrained} from './lib/processes.js'
import {flags, report, row} from './lib/report.js'

const given = flags()
const {rounds = 7} = given
const sizes = [10_000, 100_000, ...(given.million ? [1_000_000] : [])]
const shown = number => number.toLocaleString('en')
const BACKLOG = given.million ? 20_000 : 5000
/** Copies of a large store are large. */
const DRAINS = 3

const commands = [
  {name: 'delivery list', argv: ['delivery', 'list', '--json'], most: 1.3, goal: 1.1, mostOfNode: 4, goalOfNode: 2.5},
  {
    name: 'delivery list --state failed',
    argv: ['delivery', 'list', '--state', 'failed', '--json'],
    most: 1.3,
    goal: 1.1,
  },
  {
    name: 'activity list',
    argv: ['activity', 'list', '--everything', '--json'],
    most: 1.3,
    goal: 1.1,
    mostOfNode: 4,
    goalOfNode: 2.5,
  },
  {name: 'stats', argv: ['stats', '--json'], most: 3},
  {name: 'delivery replay --failed --dry-run', argv: ['delivery', 'replay', '--failed', '--dry-run', '--json']},
]

const question = () => ({
  now: Date.now(),
  limit: 256,
  perWebhook: 64,
  exceptWebhooks: [],
  restingWebhooks: [],
  except: new Set(),
})

const questions = [
  {name: 'first page of deliveries', most: 1.3, ask: store => store.deliveries.list(1, {}, {limit: 50})},
  {name: "the worker's claim", most: 1.3, ask: store => store.deliveries.due(question())},
]

async function timed(work) {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

/** Each round asks every store once, so that all of them see the same machine. */
async function ratiosOf(stores, ask) {
  const times = stores.map(() => [])
  for (let round = 0; round < rounds; round++) {
    for (const [index, store] of stores.entries()) times[index].push(await ask(store))
  }
  return times.map(each => each.map((ms, round) => ms / times[0][round]))
}

function rowsOf({name, most, goal}, ratios) {
  return sizes.slice(1).map((size, index) => row(`${name}, ${shown(size)}`, ratios[index + 1], {most, goal}))
}

/** A command on the largest store, of nothing but a start of Node. */
async function rowOfNode({name, mostOfNode, goalOfNode}, run) {
  const ratios = []
  for (let round = 0; round < rounds; round++) {
    const bare = await timed(() => spawnSync(process.execPath, ['-e', '0']))
    ratios.push((await timed(run)) / bare)
  }
  return row(`${name}, ${shown(sizes.at(-1))}, of node -e 0`, ratios, {most: mostOfNode, goal: goalOfNode})
}

/** Deliveries a second until the backlog of a store is worked off; the store itself stays as it is. */
async function drainRate(folder, file) {
  const store = path.join(folder, 'drained.db')
  copyFileSync(file, store)
  const {api, stop} = await startServer({folder, store, flags: ['--worker', 'inactive']})
  try {
    const startedAt = performance.now()
    await api('POST', '/v1/worker/enable', {})
    await untilDrained(api)
    return BACKLOG / (performance.now() - startedAt)
  } finally {
    await stop()
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${store}${suffix}`, {force: true})
  }
}

async function drainRow(folder, {largest, url}) {
  const empty = path.join(folder, 'empty.db')
  await makeHistory({file: empty, count: 0, pending: BACKLOG, url})
  const ratios = []
  for (let round = 0; round < DRAINS; round++) {
    const rate = await drainRate(folder, empty)
    ratios.push((await drainRate(folder, largest)) / rate)
  }
  return row(`${shown(BACKLOG)} drained on ${shown(sizes.at(-1))}, of an empty store`, ratios, {
    least: 0.85,
    goal: 0.93,
  })
}

const receiver = await startReceiver()
await inFolder(async folder => {
  const {url} = receiver
  const files = sizes.map(size => path.join(folder, `${size}.db`))
  for (const [index, count] of sizes.entries()) await makeHistory({file: files[index], count, pending: BACKLOG, url})
  const rows = []
  for (const command of commands) {
    const run = store => {
      const {status, stderr} = runCommand({folder, store}, command.argv)
      if (status !== 0) throw new Error(`${command.name} ended with ${status}: ${stderr}`)
    }
    files.forEach(run)
    rows.push(...rowsOf(command, await ratiosOf(files, store => timed(() => run(store)))))
    if (command.mostOfNode !== undefined) rows.push(await rowOfNode(command, () => run(files.at(-1))))
  }
  const stores = await Promise.all(files.map(file => openStore(file, {now: Date.now})))
  for (const each of questions) {
    const often = async store => {
      for (let turn = 0; turn < 20; turn++) await each.ask(store)
    }
    for (const store of stores) await often(store)
    rows.push(...rowsOf(each, await ratiosOf(stores, store => timed(() => often(store)))))
  }
  for (const store of stores) await store.close()
  rows.push(await drainRow(folder, {largest: files.at(-1), url}))
  const title = `cost on a long history, of the same on ${shown(sizes[0])} deliveries (${rounds} rounds)`
  report({bench: 'history', unit: `the same on ${sizes[0]} deliveries`, title, sizes, rounds, rows}, given)
}).finally(receiver.stop)
