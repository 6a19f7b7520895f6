/** How a client shows who it is (RFC 7591, section 2): by HTTP Basic, or in the body. */
export const tokenAuthMethods = ['client_secret_basic', 'client_secret_post'] as const

/** What a token is asked for with that deliveries carry: client credentials (RFC 6749, section 4.4). */
export interface OAuth {
  /** Token endpoint of the authorization server. */
  readonly tokenUrl: string
  readonly clientId: string
  readonly clientSecret: string
  /** Names with spaces between; null: what the server gives to who asks for none. */
  readonly scope: string | null
  /** Whom the token is for, where the server wants to be told; else null. */
  readonly audience: string | null
  readonly authMethod: (typeof tokenAuthMethods)[number]
}
