/** The page on which somebody confirms that they leave: nobody can be signed out by a link. */
import type { KoaContextWithOIDC } from 'oidc-provider';

const pageWith = (form: string): string => `<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Donor Lookout: sign out</title>
<style>
  body { font: 1rem/1.5 system-ui; max-width: 30rem; margin: 3rem auto; padding: 0 1rem }
  button { display: block; width: 100%; margin: .4rem 0; padding: .6rem; text-align: left; font: inherit }
</style>
<h1>退出 Sign out</h1>
${form}
<button form="op.logoutForm" name="logout" value="yes" type="submit">退出 Sign out</button>
<button form="op.logoutForm" type="submit">保持登录 Stay signed in</button>
</html>
`;

/** Shows the page. @param form what the provider takes back with the answer. */
export function answerSignOut(context: KoaContextWithOIDC, form: string): void {
  context.set('cache-control', 'no-store');
  context.set('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
  context.body = pageWith(form);
}
