/** The address of a path on a server, which may itself stand below one: `http://h/hooks` and `/in/x`, `http://h/hooks/in/x`. */
export const serverUrl = (server: string, path: string): string =>
  new URL(`.${path}`, `${server.replace(/[?#].*$/, '').replace(/\/*$/, '')}/`).href
