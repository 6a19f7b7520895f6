import axe from 'axe-core'
import type {Browser, BrowserContextOptions, Page} from 'playwright-core'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {chromiumPath, openTab, startBrowser} from '../harness/browser.ts'
import {answers} from '../harness/receiver.ts'
import {aSite, type Site} from './site.ts'

let browser: Browser
let site: Site

/** What axe finds against WCAG 2.2 A and AA and its best practices, as `rule: element`. */
async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const {violations} = (await page.evaluate(
    `axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})`,
  )) as axe.AxeResults
  return violations.flatMap(({id, nodes}) =>
    nodes.map(({target, failureSummary}) => `${id}: ${target} ${failureSummary}`),
  )
}

const looks: readonly (readonly [string, BrowserContextOptions])[] = [
  ['on a wide screen', {viewport: {width: 1200, height: 900}, colorScheme: 'light'}],
  ['on a wide screen, dark', {viewport: {width: 1200, height: 900}, colorScheme: 'dark'}],
  ['at 360 pixels', {viewport: {width: 360, height: 740}, colorScheme: 'light'}],
  ['at 360 pixels, dark', {viewport: {width: 360, height: 740}, colorScheme: 'dark'}],
]

/** How far the page and its dialog reach beyond what is seen, to the right. */
const overflow = (page: Page) =>
  page.evaluate(
    `[document.documentElement, document.querySelector('dialog')].map(each => Math.max(0, each.scrollWidth - each.clientWidth))`,
  )

const where = chromiumPath === null ? ' (skipped: no chromium is installed)' : ''

describe.skipIf(chromiumPath === null)(`the status page for everybody${where}`, {timeout: 60_000}, () => {
  beforeAll(async () => {
    browser = await startBrowser()
    site = await aSite()
    const {setting} = site
    await setting.webhook('a-webhook-with-a-rather-long-name-that-has-no-space-in-it', '--retry', 'manual')
    await setting.webhook('off', '--inactive')
    const {address} = await setting.json(
      'source',
      'create',
      'a-source-with-a-name-that-has-no-space-in-it',
      '--event-type',
      'a-type.of-what-no-platform-sends.{header.X-Header-With-A-Long-Name}.{body.action}',
    )
    await fetch(`${site.url}${address}`, {method: 'POST', body: '{}'})
    setting.receiver.next(answers.status(500, {body: '{"error": "no room"}'}))
    await setting.json('event', 'send', 'node.added', '--data', '{"name":"db-1"}', '--wait').catch(() => undefined)
    await setting.json('event', 'send', 'node.added', '--data', '{"name":"db-2"}', '--wait')
  }, 60_000)
  afterAll(async () => {
    await site?.[Symbol.asyncDispose]()
    await browser?.close()
  })

  test.each(looks)(
    '%s nothing is hard to read or to reach, and nothing must be scrolled sideways',
    async (_, options) => {
      await using tab = await openTab(browser, options)
      const {page} = tab
      await page.goto(site.url)
      await page.getByRole('heading', {name: 'Log in'}).waitFor()
      expect(await findings(page)).toEqual([])
      await page.goto(await site.address())
      await page.locator('#delivery-rows tr').nth(1).waitFor()
      await page.locator('#webhook-rows tr').nth(1).waitFor()
      await page.locator('#source-rows tr').first().waitFor()
      expect([await overflow(page), await findings(page)]).toEqual([[0, 0], []])
      await page.locator('#delivery-rows a').last().click()
      await page.getByRole('heading', {name: 'Request', exact: true}).waitFor()
      expect([await overflow(page), await findings(page)]).toEqual([[0, 0], []])
      await page
        .getByRole('dialog')
        .getByRole('link', {name: /^(a-webhook|off)/})
        .click()
      await page.getByText('fingerprint').or(page.getByText('none: not signed')).waitFor()
      expect([await overflow(page), await findings(page)]).toEqual([[0, 0], []])
    },
  )

  test('everything is done by keyboard, and the focus is where one expects it', async () => {
    await using tab = await site.logIn(browser)
    const {page} = tab
    const focused = () => page.evaluate(`document.activeElement.textContent.trim() || document.activeElement.name`)
    await page.locator('#delivery-rows a').first().waitFor()
    await page.keyboard.press('Tab')
    expect(await focused()).toBe('Skip to content')
    await page.keyboard.press('Enter')
    expect(await page.evaluate('document.activeElement.id')).toBe('main')
    await page.locator('#delivery-rows a').first().focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    expect(await focused()).toMatch(/^node\.added to /)
    await page.keyboard.press('Tab')
    expect(await focused()).toBe('Close')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({state: 'hidden'})
    await page.waitForURL(`${site.url}/`)
    expect(await focused()).toBe('node.added')
    // What comes meanwhile does not take the focus away.
    const rows = await page.locator('#delivery-rows tr').count()
    await site.setting.json('event', 'send', 'node.added', '--data', '{"name":"db-3"}', '--wait')
    await page.locator('#delivery-rows tr').nth(rows).waitFor()
    expect(await focused()).toBe('node.added')
  })

  test('a table stays a table where its rows are cards', async () => {
    await using tab = await site.logIn(browser, {viewport: {width: 360, height: 740}})
    const {page} = tab
    await page.locator('#delivery-rows tr').first().waitFor()
    const table = page.getByRole('table', {name: 'Deliveries'})
    expect(await table.getByRole('columnheader').allTextContents()).toEqual([
      ...['State', 'Event', 'Webhook', 'Answer', 'Attempts', 'Created', 'Action'],
    ])
    expect(await table.getByRole('row').nth(1).getByRole('cell').count()).toBe(7)
    // Chromium knows by itself; others have to be told.
    const told = 'table[role=table] > :is(thead, tbody)[role=rowgroup] > tr[role=row] > [role=columnheader]'
    expect(await page.locator(told).count()).toBe(20)
  })

  test('the back button closes what a link has opened', async () => {
    await using tab = await site.logIn(browser)
    const {page} = tab
    await page.locator('#delivery-rows a').first().click()
    await page.getByRole('dialog').waitFor()
    await page.goBack()
    await page.getByRole('dialog').waitFor({state: 'hidden'})
    await page.goForward()
    await page.getByRole('dialog').waitFor()
  })
})
