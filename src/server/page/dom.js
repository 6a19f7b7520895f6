import {ago, exactly, show} from './text.js'

/**
 * Everything on the page is made here, and only as text: no function of this page takes markup.
 *
 * @typedef {Node | string | null | undefined | false} Child
 */

/**
 * An element with attributes and children; texts pass the escaping function.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Readonly<Record<string, string | boolean | undefined>>} [attributes] true sets it empty, false and undefined leave it out
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : value)
  }
  fill(element, ...children)
  return element
}

/**
 * Puts children in place of what is there, and leaves an element alone that shows the same text already: a screen
 * reader and a selection are not disturbed by nothing.
 *
 * @param {Element} element
 * @param {...Child} children
 */
export function fill(element, ...children) {
  const wanted = children.filter(child => child !== null && child !== undefined && child !== false)
  const nodes = wanted.map(child => (typeof child === 'string' ? document.createTextNode(show(child)) : child))
  const isSame =
    element.childNodes.length === nodes.length &&
    nodes.every((node, at) => node.isEqualNode(element.childNodes[at] ?? null))
  if (!isSame) element.replaceChildren(...nodes)
}

/**
 * The element that the page has under this id.
 *
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @returns {T}
 */
export const byId = id => /** @type {T} */ (document.getElementById(id))

/**
 * A time as people say it, exact on hover and for machines; `tick` keeps it true.
 *
 * @param {string} instant
 */
export const when = instant => el('time', {datetime: instant, title: exactly(instant)}, ago(instant, Date.now()))

/** Tells all times on the page anew. */
export function tick() {
  for (const time of document.querySelectorAll('time')) {
    const text = ago(time.dateTime, Date.now())
    if (time.textContent !== text) time.textContent = text
  }
}

/**
 * A button that cannot be used now keeps its place and its focus.
 *
 * @param {HTMLElement} button
 * @param {boolean} isUsable
 */
export function setUsable(button, isUsable) {
  if (isUsable) button.removeAttribute('aria-disabled')
  else button.setAttribute('aria-disabled', 'true')
}

/**
 * Calls the action on a click, once at a time; a button that is not usable does nothing.
 *
 * @param {HTMLElement} button
 * @param {() => Promise<void> | void} action
 */
export function onPress(button, action) {
  let busy = false
  button.addEventListener('click', async () => {
    if (busy || button.getAttribute('aria-disabled') === 'true') return
    busy = true
    button.setAttribute('aria-busy', 'true')
    try {
      await action()
    } finally {
      busy = false
      button.removeAttribute('aria-busy')
    }
  })
}

/**
 * Rows by their key: rows that stay are kept and updated, never moved, so that focus and reading place stay.
 *
 * @template Item
 * @param {HTMLElement} body
 * @param {readonly Item[]} items
 * @param {{key: (item: Item) => string, make: (item: Item) => HTMLElement, update: (row: HTMLElement, item: Item) => void}} how
 */
export function rows(body, items, {key, make, update}) {
  const wanted = new Set(items.map(key))
  const there = new Map()
  for (const row of /** @type {HTMLElement[]} */ ([...body.children])) {
    if (wanted.has(row.dataset.key ?? '')) there.set(row.dataset.key, row)
    else row.remove()
  }
  let place = body.firstElementChild
  for (const item of items) {
    let row = there.get(key(item))
    if (row === undefined) {
      row = make(item)
      row.dataset.key = key(item)
    }
    update(row, item)
    if (row === place) place = place?.nextElementSibling ?? null
    else body.insertBefore(row, place)
  }
}

/** Browsers forget that something is a table where a style makes its parts blocks; told so, they know. */
export function keepTableRoles() {
  const roles = {table: 'table', thead: 'rowgroup', tbody: 'rowgroup', tr: 'row', th: 'columnheader'}
  for (const [tag, role] of Object.entries(roles)) {
    for (const part of document.querySelectorAll(`main ${tag}`)) part.setAttribute('role', role)
  }
}

/**
 * A row of a table with a cell per column; on a narrow screen each cell shows its column's name.
 *
 * @param {readonly string[]} columns
 */
export const tableRow = columns =>
  el('tr', {role: 'row'}, ...columns.map(column => el('td', {role: 'cell', 'data-column': column})))

/**
 * @param {HTMLElement} row
 * @param {readonly (readonly Child[])[]} cells
 */
export function fillRow(row, cells) {
  for (const [at, cell] of cells.entries()) {
    const place = row.children[at]
    if (place !== undefined) fill(place, ...cell)
  }
}

/** @param {string} state */
export const pill = state => el('span', {class: 'pill', 'data-state': state}, state)

let announcing = 0

/**
 * Says a sentence to screen readers; the same one twice in a row is said twice.
 *
 * @param {string} sentence
 */
export function announce(sentence) {
  const place = byId('announcement')
  place.textContent = ''
  clearTimeout(announcing)
  announcing = setTimeout(() => {
    place.textContent = show(sentence)
  }, 50)
}
