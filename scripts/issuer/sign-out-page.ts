/** The page on which somebody confirms that they leave: nobody can be signed out by a link. */
import type { KoaContextWithOIDC } from 'oidc-provider';

import { pageHeaders, pageOf } from './page.ts';

const pageWith = (form: string): string =>
  pageOf({
    title: 'sign out',
    heading: '退出 Sign out',
    body: `${form}
<button form="op.logoutForm" name="logout" value="yes" type="submit">退出 Sign out</button>
<button form="op.logoutForm" type="submit">保持登录 Stay signed in</button>`,
  });

/** Shows the page. @param form what the provider takes back with the answer. */
export function answerSignOut(context: KoaContextWithOIDC, form: string): void {
  context.set(pageHeaders);
  context.body = pageWith(form);
}
