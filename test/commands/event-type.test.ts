import {writeFileSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {aSetting} from '../harness/setting.ts'

const schema = {type: 'object', required: ['total'], properties: {total: {type: 'number'}}}

async function aDescribedType() {
  const setting = await aSetting()
  const write = (name: string, value: unknown) =>
    writeFileSync(path.join(setting.home.path, name), JSON.stringify(value))
  write('schema.json', schema)
  write('order.json', {total: 12.5})
  const made = ['event-type', 'create', 'order.created', '--summary', 'An order was placed']
  await setting.json(...made, '--schema', '@schema.json', '--example-data', '@order.json')
  return {...setting, write}
}

test('what is sent has to fit: a mismatch ends with 2 and names the place and where to look', async () => {
  await using setting = await aDescribedType()
  const refused = await setting.hookctl(['event', 'send', 'order.created', '--data', '{"total":"12"}'])
  expect(refused).toMatchObject({exitCode: 2, stdout: ''})
  expect(refused.stderr).toContain('order.created: total: must be number')
  expect(refused.stderr).toContain('hookctl event-type show order.created')
  expect(await setting.rows('event', 'list')).toEqual([])
})

test('of many events the line is named of the one that does not fit', async () => {
  await using setting = await aDescribedType()
  const line = (data: unknown) => JSON.stringify({type: 'order.created', data})
  writeFileSync(path.join(setting.home.path, 'events.ndjson'), `${line({total: 1})}\n${line({})}\n`)
  const refused = await setting.hookctl(['event', 'send', '--ndjson', 'events.ndjson'])
  expect(refused).toMatchObject({exitCode: 2, stderr: expect.stringMatching(/line 2|:2/)})
})

test('its example is shown and sent, and stands first among all types', async () => {
  await using setting = await aDescribedType()
  const sent = await setting.json('event', 'send', 'order.created', '--example')
  expect(sent).toMatchObject({type: 'order.created', data: {total: 12.5}})
  const [first] = await setting.rows<{name: string; platform: string}>('event', 'types')
  expect(first).toMatchObject({name: 'order.created', platform: 'own', summary: 'An order was placed'})
  const shown = await setting.hookctl(['event', 'types', 'order.created', '--example'])
  expect(shown.stdout).toContain('"total": 12.5')
  expect((await setting.rows('event', 'types', '--platform', 'catalyst')).map(({platform}) => platform)).not.toContain(
    'own',
  )
})

test('without an example of its own a type has that of the platform that knows it, shown and sent', async () => {
  await using setting = await aSetting()
  for (const [type, name] of [
    ['node.added', 'edge-7'],
    ['order.paid', 'example'],
  ] as const) {
    await setting.json('event-type', 'create', type, '--summary', 'ours')
    const shown = await setting.hookctl(['event', 'types', type, '--example'])
    expect(shown).toMatchObject({exitCode: 0, stdout: expect.stringMatching(/platform\town\n.*summary\tours\n/s)})
    expect(shown.stdout).toContain(`"name": "${name}"`)
    expect(await setting.json('event', 'send', type, '--example')).toMatchObject({data: {name}})
  }
})

test('where it only warns, an event that does not fit is sent, and stderr says so', async () => {
  await using setting = await aDescribedType()
  await setting.json('event-type', 'edit', 'order.created', '--on-mismatch', 'warn')
  const sent = await setting.hookctl(['event', 'send', 'order.created', '--data', '{}'])
  expect(sent).toMatchObject({exitCode: 0, stdout: expect.stringContaining('accepted order.created')})
  expect(sent.stderr).toContain("must have required property 'total'")
  expect(await setting.json('event', 'send', 'order.created', '--data', '{}')).toMatchObject({
    warnings: [expect.stringContaining('order.created')],
  })
})

test('check ends with 0 where all fits and with 7 where not, and says why', async () => {
  await using setting = await aDescribedType()
  const check = (...more: string[]) => setting.hookctl(['event-type', 'check', 'order.created', ...more])
  expect(await check('--data', '@order.json')).toMatchObject({exitCode: 0, stdout: 'it fits\n'})
  expect(await check('--data', '{}')).toMatchObject({exitCode: 7, stdout: "must have required property 'total'\n"})
  const none = await check()
  expect(none).toMatchObject({exitCode: 0, stderr: expect.stringContaining('no event of the type order.created')})
  await setting.json('event', 'send', 'order.created', '--data', '{"total":1}')
  const stricter = await check('--schema', '{"required":["id"]}', '--json')
  expect(stricter.exitCode).toBe(7)
  expect(stricter.json()).toMatchObject({
    checked: 1,
    fits: 0,
    misfits: [{problems: ["must have required property 'id'"]}],
  })
  const shown = await check('--schema', '{"required":["id"]}')
  expect(shown.stdout).toMatch(/checked\t1\nfits\t0\n.*evt_[0-9a-f]{32}\t.*required property 'id'/s)
})

test('a schema that is not described yet can be tried on what came before', async () => {
  await using setting = await aSetting()
  await setting.json('event', 'send', 'order.paid', '--data', '{"total":1}')
  expect(await setting.json('event-type', 'check', 'order.paid', '--schema', '{"required":["total"]}')).toEqual({
    checked: 1,
    fits: 1,
    misfits: [],
  })
})

test('every verb of an event type does what it says', async () => {
  await using setting = await aDescribedType()
  expect(await setting.json('event-type', 'show', 'order.created')).toMatchObject({schema, onMismatch: 'refuse'})
  const edited = await setting.json('event-type', 'edit', 'order.created', '--schema', '', '--example-data', '')
  expect(edited).toMatchObject({schema: null, example: null, summary: 'An order was placed'})
  expect((await setting.rows('event-types', 'ls')).map(({name}) => name)).toEqual(['order.created'])
  const unsure = await setting.hookctl(['event-type', 'delete', 'order.created'])
  expect(unsure).toMatchObject({exitCode: 2, stderr: expect.stringContaining('--yes')})
  await setting.json('event-type', 'rm', 'order.created', '--yes')
  expect(await setting.rows('event-type', 'list')).toEqual([])
})

test('a mistyped type that nobody wants is told with the own one that was meant', async () => {
  await using setting = await aDescribedType()
  const sent = await setting.hookctl(['event', 'send', 'order.crated', '--data', '{}'])
  expect(sent.stderr).toContain('did you mean order.created?')
  const made = await setting.hookctl([
    ...['webhook', 'create', '--name', 'orders', '--platform', 'standard', '--url', setting.receiver.url],
    ...['--event', 'order.crated'],
  ])
  expect(made).toMatchObject({exitCode: 0, stderr: expect.stringContaining('did you mean order.created?')})
})

test('stands in a declaration, its schema in the file or in one of its own', async () => {
  await using setting = await aDescribedType()
  const hooks = path.join(setting.home.path, 'hooks.yaml')
  const types = (schemaText: string) =>
    `kind: hookctl\nversion: 1\neventTypes:\n  - name: order.created\n    schema: ${schemaText}\n`
  writeFileSync(hooks, types('{file: schema.json}'))
  const same = await setting.hookctl(['plan', 'hooks.yaml', '--detailed-exitcode'])
  expect(same, same.stderr).toMatchObject({exitCode: 0})
  writeFileSync(hooks, types('{required: [total, id]}'))
  const other = await setting.hookctl(['apply', 'hooks.yaml', '--yes'])
  expect(other).toMatchObject({exitCode: 2, stderr: expect.stringContaining('hooks.yaml:4:5')})
  writeFileSync(hooks, `${types('{required: [id]}')}    example: {id: 1}\n`)
  expect(await setting.json('apply', 'hooks.yaml', '--yes')).toMatchObject({changes: [{action: 'change'}]})
  expect(await setting.json('event-type', 'show', 'order.created')).toMatchObject({schema: {required: ['id']}})
  setting.write('schema.json', 'x')
  writeFileSync(path.join(setting.home.path, 'schema.json'), '{')
  writeFileSync(hooks, types('{file: schema.json}'))
  const broken = await setting.hookctl(['plan', 'hooks.yaml'])
  expect(broken).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('hooks.yaml:5:5: schema.json is not JSON'),
  })
})

test.each([
  [['create', 'order.*'], 2, 'is a pattern'],
  [['create', 'x', '--schema', '{'], 2, '--schema'],
  [['create', 'x', '--schema', '@nope.json'], 3, 'nope.json'],
  [['create', 'x', '--schema', '{"typ":1}'], 2, 'did you mean "type"?'],
  [['create', 'x', '--on-mismatch', 'warm'], 2, 'did you mean: warn'],
  [['edit', 'x'], 2, 'event-type edit --help'],
  [['show', 'order.crated'], 3, 'did you mean "order.created"?'],
  [['check', 'nope'], 3, 'event-type list'],
  [['check', 'order.created', '--data', '{}', '--since', '1h'], 2, '--since'],
] as const)('event-type %j ends with %i and says what to do', async (argv, exitCode, text) => {
  await using setting = await aDescribedType()
  const refused = await setting.hookctl(['event-type', ...argv])
  expect(refused).toMatchObject({exitCode, stdout: ''})
  expect(refused.stderr).toContain(text)
})
