import type {Browser, Page} from 'playwright-core'
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest'
import {chromiumPath, openTab, startBrowser} from '../harness/browser.ts'
import {answers} from '../harness/receiver.ts'
import {aForeignSite, aSite, type Site} from './site.ts'

/** The status page in a real Chromium, over a real server with a real receiver. */

let browser: Browser

const row = (page: Page, text: string) => page.locator('#delivery-rows tr', {hasText: text})
const said = (page: Page, text: string | RegExp) => page.getByRole('status').filter({hasText: text}).waitFor()

/** A delivery that has failed for good: what a person is needed for. */
async function aFailure({setting}: Site, answer = answers.status(500)): Promise<void> {
  await setting.webhook('cmdb', '--retry', 'manual')
  setting.receiver.next(answer)
  await setting.json('event', 'send', 'node.added', '--data', '{"name":"db-1"}')
  await setting.receiver.received(1)
}

const where = chromiumPath === null ? ' (skipped: no chromium is installed)' : ''

describe.skipIf(chromiumPath === null)(`the status page${where}`, {timeout: 60_000}, () => {
  beforeAll(async () => {
    browser = await startBrowser()
  }, 60_000)
  afterAll(() => browser?.close())

  test('NBX-15: one logs in by code, sees a failed delivery, retries it and sees it delivered', async () => {
    await using site = await aSite()
    await aFailure(site)
    await using tab = await site.logIn(browser)
    const {page} = tab
    await row(page, 'failed').getByText('500').waitFor()
    expect(await page.locator('#count-failed').textContent()).toBe('1')
    await row(page, 'failed').getByRole('button', {name: 'Retry: node.added to cmdb'}).click()
    await said(page, 'node.added to cmdb: delivered.')
    await row(page, '(replay)').getByText('delivered').waitFor()
    expect(await page.locator('#delivery-rows tr').count()).toBe(2)
    const [first, second] = site.setting.receiver.requests
    expect(second?.body).toEqual(first?.body)
    expect(tab.problems).toEqual([])
  })

  test('NEB-09: the worker is disabled and enabled, and each button works only where it does something', async () => {
    await using site = await aSite()
    await using tab = await site.logIn(browser)
    const {page} = tab
    const [enable, disable] = ['Enable', 'Disable'].map(name => page.getByRole('button', {name, exact: true})) as [
      ReturnType<Page['getByRole']>,
      ReturnType<Page['getByRole']>,
    ]
    const state = (text: string) => page.locator('#worker-state', {hasText: new RegExp(`^${text}$`)}).waitFor()
    await state('active')
    expect([await enable.isDisabled(), await disable.isDisabled()]).toEqual([true, false])
    await disable.click()
    await state('inactive')
    await said(page, 'The worker is inactive.')
    expect(await site.setting.json('worker', 'status')).toMatchObject({enabled: false})
    expect([await enable.isDisabled(), await disable.isDisabled()]).toEqual([false, true])
    expect(await page.evaluate('document.activeElement.id')).toBe('worker-disable')
    await enable.click()
    await state('active')
    // What is done elsewhere is seen too.
    await site.setting.json('worker', 'disable')
    await page.getByRole('button', {name: 'Refresh'}).click()
    await state('inactive')
    expect(tab.problems).toEqual([])
  })

  test('C1: an answer and an event full of markup, controls and bidi overrides stay text', async () => {
    const hostile = '<img src=x onerror="document.title=1"><script>document.title=2</script>\u202egnp.exe\u0007</pre>'
    await using site = await aSite()
    const {setting} = site
    await setting.webhook('<b>bold</b>', '--retry', 'manual', '--event', '*')
    setting.receiver.next(answers.status(500, {headers: {'X-Evil': '<i>x</i>'}, body: hostile}))
    await setting.json('event', 'send', 'node.added', '--data', JSON.stringify({name: '<u>n</u>'}))
    await setting.receiver.received(1)
    await using tab = await site.logIn(browser)
    const {page} = tab
    await page.locator('#delivery-rows a').first().click()
    const body = page.getByRole('region', {name: 'Response body'})
    const shown = hostile.replace('\u202e', '\\u202e').replace('\u0007', '\\x07')
    expect(await body.textContent()).toBe(shown)
    expect(await page.getByText('<i>x</i>').count()).toBe(1)
    expect(await page.getByRole('heading', {name: 'node.added to <b>bold</b>'}).count()).toBe(1)
    await page.getByText('Node “<u>n</u>” was created.').waitFor()
    expect(await page.locator('main :is(b, u, i, img, script), dialog :is(b, u, i, img, script)').count()).toBe(0)
    expect(await page.title()).toBe('default: hookctl')
    expect(tab.problems).toEqual([])
  })

  test('the code leaves the address at once, works once, and no token ever stands in an address or a cookie', async () => {
    await using site = await aSite()
    const address = await site.address()
    await using tab = await openTab(browser)
    await tab.page.goto(address)
    await tab.page.getByRole('heading', {name: 'Worker'}).waitFor()
    expect(tab.page.url()).toBe(`${site.url}/`)
    expect(await tab.context.cookies()).toEqual([])
    expect(tab.asked.filter(url => /hkt_|code/.test(url.replace('/v1/web/codes', '')))).toEqual([])
    expect(tab.asked.every(url => url.startsWith(`${site.url}/`))).toBe(true)
    await tab.page.reload()
    await tab.page.getByRole('heading', {name: 'Worker'}).waitFor()

    await using other = await openTab(browser)
    await other.page.goto(address)
    await other.page.getByRole('alert').filter({hasText: 'hookctl web makes a new one'}).waitFor()

    const token = await tab.page.evaluate(() => sessionStorage.getItem('hookctl.session'))
    await tab.page.getByRole('button', {name: 'Log out'}).click()
    await tab.page.getByText('You have logged out.').waitFor()
    expect(await tab.page.evaluate(() => sessionStorage.length)).toBe(0)
    const response = await fetch(`${site.url}/v1/worker`, {headers: {authorization: `Bearer ${token}`}})
    expect(response.status).toBe(401)
  })

  test('who only reads sees everything and is told why there are no buttons', async () => {
    await using site = await aSite()
    await aFailure(site)
    const {value} = await site.setting.json('token', 'create', 'viewer', '--scope', 'read')
    await using tab = await site.logIn(browser, {token: value})
    const {page} = tab
    await row(page, 'failed').waitFor()
    expect(await page.getByRole('button', {name: /Retry|Send again|Enable|Disable/}).count()).toBe(0)
    for (const id of ['worker-why', 'deliveries-why', 'webhooks-why', 'sources-why']) {
      expect(await page.locator(`#${id}`).textContent()).toMatch(/^Only to look at: .*scope admin/)
    }
    await page.locator('#delivery-rows a').first().click()
    await page.getByRole('heading', {name: 'Request', exact: true}).waitFor()
    expect(await page.getByRole('button', {name: 'Retry'}).count()).toBe(0)
    expect(tab.problems).toEqual([])
  })

  test('a token that is typed in logs in too, and is kept nowhere', async () => {
    await using site = await aSite()
    const {value} = await site.setting.json('token', 'create', 'viewer', '--scope', 'read')
    await using tab = await openTab(browser)
    await tab.page.goto(site.url)
    await tab.page.getByLabel('or a token').fill(value)
    await tab.page.keyboard.press('Enter')
    await tab.page.getByText('viewer, member').waitFor()
    expect(await tab.page.evaluate(() => JSON.stringify({...sessionStorage}))).not.toContain(value)
    expect(await tab.page.evaluate(() => localStorage.length)).toBe(0)
  })

  test('what happens is seen without asking, also after the server was away', async () => {
    await using site = await aSite()
    await site.setting.webhook('cmdb')
    await using tab = await site.logIn(browser)
    const {page} = tab
    await page.getByText('live', {exact: true}).waitFor()
    await page.getByText('No deliveries yet.').waitFor()
    await site.setting.json('event', 'send', 'node.added', '--data', '{"name":"db-1"}')
    // Well before the page would have asked by itself.
    await row(page, 'delivered').waitFor({timeout: 8000})
    await page.getByText('Node “db-1” was created.').waitFor({timeout: 8000})
    await page.getByText('well, last success').waitFor({timeout: 8000})

    await site.stop()
    await page.getByText(/not connected, trying again in \d+ s/).waitFor()
    await said(page, 'Not connected')
    await page.getByRole('button', {name: 'Try now'}).click()
    await site.start()
    // Sessions end with their server: the page says so and asks for another code.
    await page.getByRole('heading', {name: 'Log in'}).waitFor()
    await page
      .getByRole('alert')
      .filter({hasText: /^The session has ended. Log in again.$/})
      .waitFor()
    await page.getByLabel('or a token').fill(`hkt_${'x'.repeat(49)}`)
    await page.keyboard.press('Enter')
    await page
      .getByRole('alert')
      .filter({hasText: /^This token is not valid here.$/})
      .waitFor()
    await page.getByLabel('or a token').fill(await site.address())
    await page.keyboard.press('Enter')
    await row(page, 'delivered').waitFor()
  })

  test('a stream that breaks off is followed again from where it was, and the page says so meanwhile', async () => {
    await using site = await aSite()
    await site.setting.webhook('cmdb')
    await using tab = await openTab(browser)
    const {page} = tab
    const cursors: (string | null)[] = []
    await page.route('**/v1/stream?*', async route => {
      cursors.push(new URL(route.request().url()).searchParams.get('cursor'))
      // One that ends at once: the page has its cursor, and loses it.
      await route.fulfill({contentType: 'text/event-stream', body: `id: place-${cursors.length}\n\n`})
    })
    await page.goto(await site.address())
    await page.getByText(/not connected, trying again in \d+ s/).waitFor()
    await vi.waitFor(() => expect(cursors.slice(0, 3)).toEqual([null, 'place-1', 'place-2']), 10_000)
    await page.unroute('**/v1/stream?*')
    await page.getByRole('button', {name: 'Try now'}).click()
    // The server does not know that place; a page that insisted on it would never be live again.
    await page.getByText('live', {exact: true}).waitFor()
    await site.setting.json('event', 'send', 'node.added', '--data', '{"name":"db-1"}')
    await row(page, 'delivered').waitFor()
  })

  test('however much happens, the page holds 300 deliveries at most, and asks for the list once a second', async () => {
    await using site = await aSite()
    const {setting} = site
    await setting.webhook('cmdb')
    await using tab = await site.logIn(browser)
    const {page} = tab
    await page.getByText('No deliveries yet.').waitFor()
    const lists = () => tab.asked.filter(url => url.includes('/deliveries?')).length
    const [before, startedAt] = [lists(), performance.now()]
    const lines = Array.from({length: 400}, (_, at) => `{"type":"node.added","data":{"name":"db-${at}"}}\n`)
    await setting.hookctl(['event', 'send', '--ndjson', '-'], {stdin: lines.join('')})
    await setting.receiver.received(400)
    await page.locator('#count-delivered', {hasText: '400'}).waitFor()
    const seconds = (performance.now() - startedAt) / 1000
    expect(lists() - before).toBeLessThan(seconds + 2)
    await page.locator('#delivery-rows tr').nth(49).waitFor()
    expect(await page.locator('#delivery-rows tr').count()).toBe(50)
    for (let rows = 100; rows <= 300; rows += 50) {
      await page.getByRole('button', {name: 'Show older'}).click()
      await page
        .locator('#delivery-rows tr')
        .nth(rows - 1)
        .waitFor()
    }
    await page.getByText('The 300 newest.').waitFor()
    expect(await page.getByRole('button', {name: 'Show older'}).count()).toBe(0)
    expect(tab.problems).toEqual([])
  })

  test('with several organizations each is looked at by itself', async () => {
    await using site = await aSite()
    const {setting} = site
    await setting.json('org', 'create', 'acme', '--name', 'Acme <GmbH>')
    await setting.webhook('of-acme', '--organization', 'acme')
    await setting.webhook('of-default')
    await using tab = await site.logIn(browser)
    const {page} = tab
    await page.getByLabel('Organization').selectOption('default')
    await page.getByRole('link', {name: 'of-default'}).waitFor()
    expect(await page.getByRole('link', {name: 'of-acme'}).count()).toBe(0)
    await page.getByLabel('Organization').selectOption({label: 'Acme <GmbH> (acme)'})
    await page.getByRole('link', {name: 'of-acme'}).waitFor()
    await page.getByRole('link', {name: 'of-default'}).waitFor({state: 'detached'})
    expect(await page.title()).toBe('acme: hookctl')
    expect(tab.problems).toEqual([])
  })

  test('deliveries are filtered by state, webhook, event type and answer, and a wrong filter is told', async () => {
    await using site = await aSite()
    await aFailure(site)
    await site.setting.json('event', 'send', 'node.added', '--data', '{"name":"db-2"}', '--wait')
    await using tab = await site.logIn(browser)
    const {page} = tab
    const states = () => page.locator('#delivery-rows .pill').allTextContents()
    await row(page, 'failed').waitFor()
    expect(await states()).toEqual(['delivered', 'failed'])
    await page.getByLabel('State').selectOption('failed')
    await row(page, 'delivered').waitFor({state: 'detached'})
    expect(await states()).toEqual(['failed'])
    await page.getByRole('button', {name: 'Clear'}).click()
    await row(page, 'delivered').waitFor()
    await page.getByLabel('Answer').fill('2xx')
    await page.getByRole('button', {name: 'Filter'}).click()
    await row(page, 'failed').waitFor({state: 'detached'})
    await page.getByRole('button', {name: 'Clear'}).click()
    await page.getByLabel('Event type').fill('group.*')
    await page.keyboard.press('Enter')
    await page.getByText('No delivery fits the filter.').waitFor()
    await page.getByRole('button', {name: 'Clear'}).click()
    await page.getByRole('button', {name: 'delivered', exact: true}).click()
    await row(page, 'failed').waitFor({state: 'detached'})
    expect(await page.getByLabel('State').inputValue()).toBe('delivered')
  })

  test('a webhook is looked at, tested and switched', async () => {
    await using site = await aSite()
    await site.setting.webhook('cmdb')
    await using tab = await site.logIn(browser)
    const {page} = tab
    await page.getByRole('link', {name: 'cmdb'}).click()
    await page.getByText('whole organization').waitFor()
    await page.getByRole('button', {name: 'Send a test event'}).click()
    await page.getByRole('heading', {name: /to cmdb$/}).waitFor()
    await page.getByRole('dialog').getByText('delivered').first().waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', {name: 'Disable cmdb'}).click()
    await said(page, 'The webhook cmdb is inactive.')
    await page.getByRole('button', {name: 'Enable cmdb'}).click()
    await said(page, 'The webhook cmdb is active.')
    // What is refused is told in words.
    await site.setting.json('webhook', 'disable', 'cmdb')
    await page.getByRole('button', {name: 'Send again'}).first().click()
    await page.getByRole('alert').filter({hasText: 'the webhook "cmdb" is off'}).waitFor()
    expect(tab.problems.filter(text => !text.includes('409'))).toEqual([])
  })

  test('sources are shown where there are some, with what was refused last and why, and are switched', async () => {
    await using site = await aSite()
    await using tab = await site.logIn(browser)
    const {page} = tab
    const section = page.getByRole('region', {name: 'Sources'})
    await page.getByRole('heading', {name: 'Webhooks'}).waitFor()
    expect(await section.count()).toBe(0)
    const {address} = await site.setting.json('source', 'create', 'netbox', '--platform', 'netbox')
    const source = section.getByRole('row', {name: /netbox/})
    await source.getByText('nothing accepted yet').waitFor()
    expect(await source.getByText(address).count()).toBe(1)
    expect((await fetch(`${site.url}${address}`, {method: 'POST', body: '{}'})).status).toBe(403)
    await page.getByRole('button', {name: 'Disable netbox'}).click()
    await said(page, 'The source netbox is inactive.')
    await source.getByText('inactive').waitFor()
    await source.getByText('refused').waitFor()
    await source.getByText('signature_invalid').waitFor()
    await page.getByRole('button', {name: 'Enable netbox'}).click()
    await said(page, 'The source netbox is active.')
    const typed = ['--event-type', 'github.{header.X-GitHub-Event}', '--scheme', 'github']
    await site.setting.json('source', 'edit', 'netbox', ...typed)
    await source.getByText('standard github.{header.X-GitHub-Event}').waitFor()
    await site.setting.json('source', 'delete', 'netbox', '--yes')
    await section.waitFor({state: 'hidden'})
    expect(tab.problems).toEqual([])
  })

  test('content that was expunged is said to be gone, and not offered to be sent', async () => {
    await using site = await aSite()
    await aFailure(site)
    const [delivery] = await site.setting.rows('delivery', 'list')
    await site.setting.json('delivery', 'expunge', delivery?.id, '--yes')
    await using tab = await site.logIn(browser)
    const {page} = tab
    await row(page, 'failed').getByRole('link').click()
    await page.getByText('Request body: gone, expunged').waitFor()
    expect(await page.getByRole('button', {name: 'Retry'}).count()).toBe(0)
    expect(tab.problems).toEqual([])
  })

  test('D3: a page of another origin can neither read it, nor frame it, nor act with it', async () => {
    await using site = await aSite()
    await aFailure(site)
    await using foreign = await aForeignSite('<title>foreign</title><iframe></iframe>')
    await using tab = await openTab(browser)
    await tab.page.goto(foreign.url)
    const tried = await tab.page.evaluate(async url => {
      const attempt = async (path: string, init: RequestInit) =>
        fetch(url + path, init).then(
          response => `${response.type} ${response.status}`,
          () => 'failed',
        )
      return {
        read: await attempt('/', {}),
        page: await attempt('/page/main.js', {}),
        code: await attempt('/v1/web/sessions', {
          method: 'POST',
          headers: {'content-type': 'application/json'},
          body: '{"code":"x"}',
        }),
        blind: await attempt('/v1/worker/disable', {method: 'POST', mode: 'no-cors'}),
      }
    }, site.url)
    expect(tried).toEqual({read: 'failed', page: 'failed', code: 'failed', blind: 'failed'})
    await tab.page.evaluate(`document.querySelector('iframe').src = ${JSON.stringify(site.url)}`)
    await tab.page.waitForTimeout(200)
    expect(
      await tab.page
        .frames()[1]
        ?.title()
        .catch(() => ''),
    ).not.toMatch(/hookctl/)
    expect(await site.setting.json('worker', 'status')).toMatchObject({enabled: true})
  })

  test('a line that would make markup of a text throws in this page, whoever wrote it', async () => {
    await using site = await aSite()
    await using tab = await site.logIn(browser)
    const markup = `document.body.insertAdjacentHTML('beforeend', '<p>x</p>')`
    const outcome = await tab.page.evaluate(`(() => { try { ${markup} } catch (error) { return error.name } })()`)
    expect(outcome).toBe('TypeError')
  })
})
