/** What a service tells the pages it serves. */
import { z } from 'zod';

/** How people sign in there: authorization code with PKCE (RFC 6749, RFC 7636). No secret. */
export const ConsoleSettings = z.object({
  /** The OpenID provider. */
  issuer: z.url(),
  /** What the provider calls the console. */
  client: z.string().min(1),
  /** What the console asks for, with blanks between. */
  scope: z.string().min(1),
  /** The service as a resource (RFC 8707), for providers that make one token a service; null for others. */
  resource: z.string().min(1).nullable(),
});
export type ConsoleSettings = z.infer<typeof ConsoleSettings>;
