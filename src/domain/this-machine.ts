/** Whether a URL leads back to this very machine, by its name. */
export const isThisMachine = ({hostname}: URL): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
