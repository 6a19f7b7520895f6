import {writeFileSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {aSetting, type Row} from '../../harness/setting.ts'

const CATALYST = ['webhook', 'create', '--name', 'ops', '--platform', 'catalyst']
const WHOLE = [...CATALYST, '--url', 'https://ops.example.com/in', '--event', 'node.added']

test('CAT-06: a webhook is registered with its event types in the order given, and listed', async () => {
  await using setting = await aSetting()
  const made = await setting.json(...CATALYST, '--url', 'https://ops.example.com/in', '--event', 'node.removed,cert.*')
  expect(made).toMatchObject({
    name: 'ops',
    platform: 'catalyst@1',
    url: 'https://ops.example.com/in',
    eventTypes: ['node.removed', 'cert.*'],
    active: true,
    secrets: [],
  })
  expect(await setting.rows('webhook', 'list')).toEqual([expect.objectContaining({id: made.id})])
})

test('people read a sentence, scripts get the id with -q, the next steps go to stderr', async () => {
  await using setting = await aSetting()
  const told = await setting.hookctl([...WHOLE, '--generate-secret'], {tty: {stderr: true}})
  expect(told.stdout).toMatch(/^created ops \(wh_[0-9a-f]{32}\); its secret, shown this once: [0-9a-f]{64}\n$/)
  expect(told.stderr).toBe('next: hookctl webhook test ops\nnext: hookctl delivery tail\n')
  const quiet = await setting.hookctl([...WHOLE.with(3, 'two words'), '-q'])
  expect(quiet.stdout).toMatch(/^wh_[0-9a-f]{32}\n$/)
  expect(quiet.stderr).toBe('')
})

test('CAT-08: a description is optional, can be set, changed and cleared', async () => {
  await using setting = await aSetting()
  expect(await setting.json(...WHOLE)).toMatchObject({description: ''})
  const described = await setting.json(...WHOLE.with(3, 'b'), '--description', 'on call')
  expect(described.description).toBe('on call')
  expect(await setting.json('webhook', 'edit', 'b', '--description', '')).toMatchObject({description: ''})
})

test('CAT-05: http is refused where the platform wants https, unless it is said that it may be', async () => {
  await using setting = await aSetting()
  const argv = [...CATALYST, '--url', 'http://127.0.0.1:9000/', '--event', 'node.added']
  const refused = await setting.hookctl(argv)
  expect(refused).toMatchObject({exitCode: 2, stdout: ''})
  expect(refused.stderr).toMatch(/https:\/\/ only, not to http:\/\/127\.0\.0\.1:9000\nnext: .*--allow-http/)
  expect((await setting.hookctl([...argv, '--allow-http'])).exitCode).toBe(0)
})

test('ENT-04: EntryPoint asks for type and name only; URL and events follow, nothing is sent before', async () => {
  await using setting = await aSetting()
  const made = await setting.hookctl(['webhook', 'create', '--name', 'Ops Slack', '--platform', 'entrypoint'])
  expect(made).toMatchObject({exitCode: 0})
  expect(made.stderr).toContain(`Ops Slack has no URL yet and is sent nothing: hookctl webhook edit 'Ops Slack' --url`)
  expect((await setting.hookctl(['webhook', 'list', '--fields', 'name,state'])).stdout).toBe(
    'Ops Slack\tunconfigured\n',
  )
  await setting.json('event', 'send', 'entrypoint.configuration.audit', '--example')
  expect(setting.receiver.requests).toHaveLength(0)
  const type = 'entrypoint.configuration.audit'
  await setting.json('webhook', 'edit', 'Ops Slack', '--url', setting.url(), '--event', type)
  await setting.json('event', 'send', type, '--example', '--wait')
  expect(setting.receiver.requests).toHaveLength(1)
})

test.each([
  ['environment', ['--secret-env', 'HOOK_SECRET'], {}],
  ['file', ['--secret-file', 'secret.txt'], {}],
  ['stdin', ['--secret-file', '-'], {stdin: 'a-secret-of-16b!'}],
])('a secret from %s is kept, never printed', async (_, flags, options) => {
  await using setting = await aSetting()
  writeFileSync(path.join(setting.home.path, 'secret.txt'), 'a-secret-of-16b!')
  const env = {HOOK_SECRET: 'a-secret-of-16b!'}
  const made = await setting.hookctl([...WHOLE, ...flags, '--json'], {env, ...options})
  expect(made).toMatchObject({exitCode: 0, stderr: ''})
  expect(made.json<Row>()).toMatchObject({secrets: [{fingerprint: expect.stringMatching(/^[0-9a-f]{8}$/)}]})
  expect(made.stdout).not.toContain('a-secret-of-16b!')
})

test('a secret that hookctl makes is shown once and never again', async () => {
  await using setting = await aSetting()
  const {secret} = await setting.json(...WHOLE, '--generate-secret')
  expect(secret).toMatch(/^[0-9a-f]{64}$/)
  for (const argv of [
    ['webhook', 'show', 'ops', '--resolved'],
    ['webhook', 'list'],
    ['history', 'list'],
  ]) {
    const shown = await setting.hookctl([...argv, '--json'])
    expect(shown.exitCode).toBe(0)
    expect(shown.stdout).not.toContain(secret)
  }
})

test('with -q a secret that hookctl makes is told on stderr: stdout is the id alone', async () => {
  await using setting = await aSetting()
  const made = await setting.hookctl([...WHOLE, '--generate-secret', '-q'])
  expect(made.stdout).toMatch(/^wh_[0-9a-f]{32}\n$/)
  expect(made.stderr).toMatch(/^secret, shown this once: [0-9a-f]{64}\n$/)
})

test('a webhook that could sign and has no secret says so; one whose platform signs nothing does not', async () => {
  await using setting = await aSetting()
  expect((await setting.hookctl(WHOLE)).stderr).toMatch(
    /^deliveries are not signed: hookctl webhook rotate-secret ops /,
  )
  expect((await setting.hookctl([...WHOLE.with(3, 'b'), '--generate-secret'])).stderr).toBe('')
  expect((await setting.hookctl([...WHOLE.with(3, 'c'), '--scheme', 'none'])).stderr).toBe('')
})

test.each([
  [[], '--name, --platform, --url and --event', /--platform is one of catalyst, entrypoint, /],
  [['--platform', 'netbox', '--name', 'x'], '--url and --event', /hookctl event types --platform netbox/],
  [['--platform', 'catalyst', '--url', 'https://x.example.com/'], '--name and --event', /hookctl event types/],
  [['--name', 'x', '--url', 'https://x.example.com/', '--event', '*'], '--platform', /one of catalyst/],
])('off a terminal, or told not to ask, %j names every flag that is missing', async (flags, missing, hint) => {
  await using setting = await aSetting()
  for (const result of [
    await setting.hookctl(['webhook', 'create', ...flags, '--json']),
    await setting.hookctl(['webhook', 'create', ...flags, '--json', '--no-input'], {tty: true}),
  ]) {
    expect(result).toMatchObject({exitCode: 2, stdout: ''})
    expect(result.error()).toMatchObject({
      code: 'missing_value',
      message: `missing ${missing}`,
      hint: expect.stringMatching(hint),
    })
  }
})

test.each([
  [['--platform', 'catalist'], 'unknown_platform', /catalist/, /did you mean catalyst/],
  [['--event', 'node.aded'], 'unknown_event_type', /node\.aded/, /did you mean node\.added/],
  [['--url', 'ftp://x/'], undefined, /ftp/, /https?:/],
  [['--method', 'PSOT'], 'invalid_value', /PSOT/, /did you mean: POST/],
  [['--header', 'no colon'], 'invalid_header', /"no …" has no name and colon/, /Name: value/],
  [['--retry', 'sometimes'], 'invalid_retry', /sometimes/, /until-success/],
  [['--retry', 'exponential:10s,tries=3'], 'invalid_retry', /tries/, /attempts=8/],
  [['--success', '20x'], 'invalid_success', /20x/, /2xx/],
  [['--request-timeout', '5 minutes'], undefined, /5 minutes/, /./],
  [['--zone', 'Mars'], 'invalid_input', /zone/, undefined],
  [['--scheme', 'stripe', '--algorithm', 'sha1'], 'invalid_signature', /stripe/, /--scheme netbox/],
  [['--scheme', 'netbox', '--signed', '{body}'], 'invalid_signature', /netbox has no signed/, /--signed .* for hmac$/],
  [['--signed', '{timestamp}.{body}'], 'bad_option', /header it stands in is not told/, undefined],
  [['--signature-header', 'Host'], 'reserved_header', /header "Host" already/, /another name/],
  [['--secret-env', 'NOT_THERE'], 'secret_not_set', /NOT_THERE/, /export NOT_THERE/],
  [['--secret', 'x'], 'secret_on_command_line', /command line/, /--secret-env/],
  [['--secret-file', 'nowhere.txt'], 'file_not_found', /nowhere\.txt/, /./],
  [['--context'], 'missing_value', /--context/, /./],
])('%j is refused by name, and nothing is kept', async (flags, code, message, hint) => {
  await using setting = await aSetting()
  const named = (flag: string) => flags.includes(flag)
  const others = [
    ...(named('--platform') ? [] : ['--platform', 'catalyst']),
    ...(named('--event') ? [] : ['--event', 'node.added']),
    ...(named('--url') ? [] : ['--url', 'https://x.example.com/']),
  ]
  const result = await setting.hookctl(['webhook', 'create', '--name', 'x', '--json', ...others, ...flags])
  expect(result).toMatchObject({stdout: '', exitCode: code === 'file_not_found' ? 3 : 2})
  const error = result.error()
  if (code !== undefined) expect(error.code).toBe(code)
  expect(error.message).toMatch(message)
  if (hint !== undefined) expect(error.hint).toMatch(hint)
  expect(await setting.rows('webhook', 'list')).toEqual([])
})

test('several problems are told at once', async () => {
  await using setting = await aSetting()
  const result = await setting.hookctl([
    ...CATALYST,
    '--url',
    'http://x.example.com/',
    '--event',
    'node.aded,site.*',
    '--json',
  ])
  expect(result.exitCode).toBe(2)
  expect(result.error().message).toMatch(/https:\/\/ only.*; .*node\.aded.*; .*site\.\*/)
})

test('a name that is taken is a conflict', async () => {
  await using setting = await aSetting()
  await setting.json(...WHOLE)
  const result = await setting.hookctl([...WHOLE, '--json'])
  expect(result).toMatchObject({exitCode: 4, stdout: ''})
  expect(result.error()).toMatchObject({code: 'webhook_exists', message: expect.stringContaining('ops')})
})

test('on a terminal what is missing is asked for, with defaults that a bare Enter takes', async () => {
  await using setting = await aSetting()
  const result = await setting.hookctl(['webhook', 'create', '--json'], {
    tty: true,
    answers: [
      [/Name/, 'ops\r'],
      [/Which platform/, '\r'],
      [/URL/, 'htp:/x\r'],
      [/begins with https/, '\u0015https://ops.example.com/in\r'],
      [/Which events/, ' \r'],
      [/Sign deliveries/, '\r'],
    ],
  })
  expect(result, result.stderr).toMatchObject({exitCode: 0})
  expect(result.json<Row>()).toMatchObject({
    name: 'ops',
    platform: 'catalyst@1',
    url: 'https://ops.example.com/in',
    eventTypes: ['node.added'],
    secret: expect.stringMatching(/^[0-9a-f]{64}$/),
  })
})

test('a name that is taken and a type there is none of are typed once more, and nothing else is', async () => {
  await using setting = await aSetting()
  await setting.json(...WHOLE)
  const argv = ['webhook', 'create', '--platform', 'netbox', '--url', 'https://ops.example.com/in', '--json']
  const result = await setting.hookctl(argv, {
    tty: true,
    answers: [
      [/Name/, 'ops\r'],
      [/Which events/, 'sites\r'],
      [/Sign deliveries/, '\u001b[B\r'],
      [/has no event type "sites"\n.*Which events/s, 'dcim.site.created\r'],
      [/there is a webhook named ops already\n.*Name/s, 'ops 2\r'],
    ],
  })
  expect(result, result.stderr).toMatchObject({exitCode: 0})
  expect(result.json<Row>()).toMatchObject({name: 'ops 2', eventTypes: ['dcim.site.created']})
  const given = await setting.hookctl([...argv, '--name', 'ops', '--event', 'sites'], {tty: true, answers: []})
  expect(given).toMatchObject({exitCode: 2, stdout: ''})
})

test('whether deliveries are signed is asked for wherever anything was, unless a flag has said it', async () => {
  await using setting = await aSetting()
  const url = /URL that/
  const asked = await setting.hookctl([...CATALYST, '--event', 'node.added', '--json'], {
    tty: true,
    answers: [
      [url, 'https://ops.example.com/in\r'],
      [/Sign deliveries/, '\r'],
    ],
  })
  expect(asked.json<Row>(), asked.stderr).toHaveProperty('secret')
  const said = await setting.hookctl([...CATALYST.with(3, 'b'), '--event', 'node.added', '--generate-secret'], {
    tty: true,
    answers: [[url, 'https://ops.example.com/in\r']],
  })
  expect(said.exitCode, said.stderr).toBe(0)
  expect(said.stderr).not.toContain('Sign deliveries')
  const whole = await setting.hookctl(WHOLE.with(3, 'c'), {tty: true})
  expect(whole.stderr).not.toContain('Sign deliveries')
})

test('a URL that the platform refuses is refused where it is typed; of http:// to this machine one is asked', async () => {
  await using setting = await aSetting()
  const result = await setting.hookctl([...CATALYST, '--event', 'node.added', '--json'], {
    tty: true,
    answers: [
      [/URL that/, 'http://ops.example.com/in\r'],
      [/catalyst sends to https:\/\/ only; --allow-http/, '\u0015http://127.0.0.1:9000/\r'],
      [/Allow http:\/\/ to this machine/, '\u001b[B\r'],
      [/URL that/, 'http://localhost:9000/\r'],
      [/Allow http:\/\/ to this machine/, '\r'],
      [/Sign deliveries/, '\r'],
    ],
  })
  expect(result, result.stderr).toMatchObject({exitCode: 0})
  expect(result.json<Row>()).toMatchObject({url: 'http://localhost:9000/', policies: {allowHttp: true}})
})

test('where http:// is allowed already, or the platform takes it, nothing is asked about it', async () => {
  await using setting = await aSetting()
  for (const flags of [
    ['--platform', 'catalyst', '--event', 'node.added', '--allow-http'],
    ['--platform', 'netbox', '--event', 'dcim.site.*'],
  ]) {
    const argv = ['webhook', 'create', '--name', flags[1] as string, ...flags, '--generate-secret', '--json']
    const result = await setting.hookctl(argv, {tty: true, answers: [[/URL that/, 'http://127.0.0.1:9000/\r']]})
    expect(result, result.stderr).toMatchObject({exitCode: 0})
    expect(result.stderr).not.toContain('Allow http')
  }
})

test('ENT-05: on a terminal EntryPoint offers instant delivery first, as the recommended one, and asks nothing more', async () => {
  await using setting = await aSetting()
  const result = await setting.hookctl(
    ['webhook', 'create', '--name', 'Ops Slack', '--platform', 'entrypoint', '--json'],
    {
      tty: true,
      answers: [[/instant \(recommended\)/, '\r']],
    },
  )
  expect(result, result.stderr).toMatchObject({exitCode: 0})
  expect(result.json<Row>()).toMatchObject({mode: 'instant', url: null, eventTypes: []})
})

test('Ctrl-C at a question keeps nothing', async () => {
  await using setting = await aSetting()
  const result = await setting.hookctl(['webhook', 'create'], {tty: true, answers: [[/Name/, '\u0003']]})
  expect(result).toMatchObject({exitCode: 130, stdout: ''})
  expect(await setting.rows('webhook', 'list')).toEqual([])
})

test('a script asks for the fields of what it makes and changes, and gets no sentence', async () => {
  await using setting = await aSetting()
  const made = await setting.hookctl([...WHOLE, '--generate-secret', '--fields', 'name,secret'])
  expect(made.stdout).toMatch(/^ops\t[0-9a-f]{64}\n$/)
  expect(made.stderr).toBe('')
  const other = await setting.hookctl([...WHOLE.with(3, 'b'), '--generate-secret', '--fields', 'state,id', '-o', 'tsv'])
  expect(other.stdout).toMatch(/^active\twh_[0-9a-f]{32}\n$/)
  expect(other.stderr).toMatch(/^secret, shown this once: [0-9a-f]{64}\n$/)
  const changed = await setting.hookctl(['webhook', 'edit', 'b', '--name', 'c', '--fields', 'name', '--json'])
  expect(changed.json()).toEqual({name: 'c'})
  const row = await setting.hookctl(['webhook', 'edit', 'c', '--name', 'd', '-o', 'tsv'])
  expect(row.stdout).toMatch(
    /^wh_\w+\td\tactive\tcatalyst@1\tnode\.added\thttps:\/\/ops\.example\.com\/in\t[\dTZ:.-]+\n$/,
  )
  const token = await setting.hookctl(['token', 'create', 'ci', '--fields', 'value', '-o', 'tsv'])
  expect(token).toMatchObject({stdout: expect.stringMatching(/^hkt_[\w-]+\n$/), exitCode: 0})
})

test('a field that there is none of is refused, and nothing is made', async () => {
  await using setting = await aSetting()
  await setting.webhook('old')
  for (const argv of [WHOLE, ['webhook', 'edit', 'old', '--name', 'new'], ['token', 'create', 'ci']]) {
    const refused = await setting.hookctl([...argv, '--fields', 'nonsense'])
    expect(refused).toMatchObject({exitCode: 2, stdout: ''})
    expect(refused.stderr).toContain('no field "nonsense"; there are id, name,')
  }
  expect(await setting.rows('webhook', 'list')).toMatchObject([{name: 'old'}])
  expect(await setting.rows('token', 'list')).toEqual([])
})

test('a name that begins with a dash is spelled so that what is told to type can be typed', async () => {
  await using setting = await aSetting()
  const made = await setting.hookctl([...WHOLE.with(3, '-x')], {tty: {stderr: true}})
  expect(made.stderr).toContain('hookctl webhook rotate-secret -- -x gives it a secret')
  expect(made.stderr).toContain('next: hookctl webhook test -- -x\n')
  const typed = async (...argv: readonly string[]) => expect(await setting.hookctl(argv)).toMatchObject({exitCode: 0})
  await typed('webhook', 'rotate-secret', '--generate-secret', '--', '-x')
  await typed('webhook', 'disable', '--', '-x')
  const off = await setting.hookctl(['webhook', 'test', '--', '-x'])
  expect(off.stderr).toContain('next: hookctl webhook enable -- -x\n')
  await typed('webhook', 'enable', '--', '-x')
  const waiting = await setting.hookctl(['webhook', 'create', '--name', '-yy', '--platform', 'entrypoint'])
  expect(waiting.stderr).toContain('hookctl webhook edit --url URL --event TYPE -- -yy')
  const url = ['--url', 'https://ops.example.com/in', '--event', '*']
  await typed('webhook', 'edit', ...url, '--', '-yy')
  await typed('delivery', 'list', '--webhook=-x')
})

test('a pattern that matches nothing and is a slip away from one that does is taken, and the one is named', async () => {
  await using setting = await aSetting()
  const create = ['webhook', 'create', '--name', 'ops', '--platform', 'netbox', '--url', 'http://127.0.0.1:9900/in']
  const made = await setting.hookctl([...create, '--event', 'dcim.sites.*,plugin.thing.created,dcim.device.*'])
  expect(made).toMatchObject({exitCode: 0})
  expect(made.stderr).toContain('netbox@4.6 knows matches dcim.sites.*: did you mean dcim.site.*?\n')
  expect(made.stderr).not.toMatch(/plugin|dcim\.device/)
  const edited = await setting.hookctl(['webhook', 'edit', 'ops', '--event', 'ipam.prefx.*'])
  expect(edited.stderr).toContain('matches ipam.prefx.*: did you mean ipam.prefix.*?\n')
  expect((await setting.hookctl(['webhook', 'edit', 'ops', '--description', 'x'])).stderr).toBe('')
})
