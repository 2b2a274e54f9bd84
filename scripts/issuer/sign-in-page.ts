/** The page on which somebody chooses who to be. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

import type Provider from 'oidc-provider';

import { accounts } from './accounts.ts';
import { pageHeaders, pageOf } from './page.ts';

const page = pageOf({
  title: 'sign in',
  heading: '登录 Sign in',
  body: `<p>开发环境：选择一个角色，无需密码。 For development: choose who to be; there are no passwords.</p>
<form method="post">
${accounts.map(({ id, nameZh, nameEn }) => `<button name="account" value="${id}">${nameZh} ${nameEn}</button>`).join('\n')}
</form>`,
});

/** Shows the page, and takes what was chosen on it back to the provider. */
export async function answerSignIn(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // Rejects unless the cookie of this very sign-in is there.
  await provider.interactionDetails(request, response);
  if (request.method !== 'POST') {
    response.writeHead(200, pageHeaders).end(page);
    return;
  }
  const account = new URLSearchParams(await text(request)).get('account') ?? '';
  await provider.interactionFinished(request, response, { login: { accountId: account } });
}
