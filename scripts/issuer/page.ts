/** What the pages of the development provider have in common: everything but what somebody chooses on them. */

export interface PageContent {
  /** After the name of the project. */
  readonly title: string;
  readonly heading: string;
  /** HTML. */
  readonly body: string;
}

export const pageOf = ({ title, heading, body }: PageContent): string => `<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Donor Lookout: ${title}</title>
<style>
  body { font: 1rem/1.5 system-ui; max-width: 30rem; margin: 3rem auto; padding: 0 1rem }
  button { display: block; width: 100%; margin: .4rem 0; padding: .6rem; text-align: left; font: inherit }
</style>
<h1>${heading}</h1>
${body}
</html>
`;

export const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
} as const;
