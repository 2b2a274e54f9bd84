/** The private key a member signs with, as its configuration has it. */
import { z } from 'zod';

/** Ed25519 as a JWK (RFC 8037), in JSON. */
export const SigningJwk = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue('a private Ed25519 key as a JWK');
      return z.NEVER;
    }
  })
  .pipe(
    z.object(
      { kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string().length(43), d: z.string().length(43) },
      'a private Ed25519 key as a JWK',
    ),
  );
export type SigningJwk = z.infer<typeof SigningJwk>;
