/** Whether a service answers 200 on one of its health paths just now. */
import { request } from 'undici';

export async function isHealthy(url: string, path: '/livez' | '/readyz'): Promise<boolean> {
  try {
    const { statusCode, body } = await request(new URL(path, url), { headersTimeout: 2_000, bodyTimeout: 2_000 });
    await body.dump();
    return statusCode === 200;
  } catch {
    return false;
  }
}
