/** How the development provider calls its clients and grants; what those who ask it have to say. */

/** A service is named as a resource (RFC 8707) by this and its code. */
export const resourcePrefix = 'urn:donor-lookout:';

/** What a token for a service is good for there; what somebody may do is their role's. */
export const serviceScope = 'lookout';

/**
 * How the `lookout` command signs in without a browser: a grant of its own (RFC 6749 section 4.5) that names an account. The command
 * proves itself with the secret in the state folder.
 */
export const accountGrant = 'urn:donor-lookout:grant-type:account';
export const commandClient = 'lookout-command';

/** The console: a public client, authorization code with PKCE. */
export const consoleClient = 'lookout-console';
