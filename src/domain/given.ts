type Given<T> = {[K in keyof T]?: Exclude<T[K], undefined>}

/** The members that have a value: those that are `undefined` say nothing, and may not take the place of others. */
export const given = <T extends object>(members: T): Given<T> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Given<T>
