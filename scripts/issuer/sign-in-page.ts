/** The page on which somebody chooses who to be. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

import type Provider from 'oidc-provider';

import { accounts } from './accounts.ts';

const page = `<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Donor Lookout: sign in</title>
<style>
  body { font: 1rem/1.5 system-ui; max-width: 30rem; margin: 3rem auto; padding: 0 1rem }
  button { display: block; width: 100%; margin: .4rem 0; padding: .6rem; text-align: left; font: inherit }
</style>
<h1>登录 Sign in</h1>
<p>开发环境：选择一个角色，无需密码。 For development: choose who to be; there are no passwords.</p>
<form method="post">
${accounts.map(({ id, nameZh, nameEn }) => `<button name="account" value="${id}">${nameZh} ${nameEn}</button>`).join('\n')}
</form>
</html>
`;

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
};

/** Shows the page, and takes what was chosen on it back to the provider. */
export async function answerSignIn(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // Rejects unless the cookie of this very sign-in is there.
  await provider.interactionDetails(request, response);
  if (request.method !== 'POST') {
    response.writeHead(200, headers).end(page);
    return;
  }
  const account = new URLSearchParams(await text(request)).get('account') ?? '';
  await provider.interactionFinished(request, response, { login: { accountId: account } });
}
