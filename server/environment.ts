/** The environment as a door: parsed once, every problem named at once, never a value, since it may be a secret. */
import { readFileSync } from 'node:fs';

import type { z } from 'zod';

/** What is wrong with an environment, a line a problem. */
export class ConfigProblems extends Error {
  override readonly name = 'ConfigProblems';
}

/** Parses an environment. Throws `ConfigProblems`. */
export function parseEnvironment<Shape extends z.ZodType>(shape: Shape, env: NodeJS.ProcessEnv): z.infer<Shape> {
  const parsed = shape.safeParse(env);
  if (parsed.success) return parsed.data;
  throw new ConfigProblems(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'));
}

/** Secrets that are given as `NAME_FILE` are read from that file, as container platforms mount them. */
export function withSecretFiles(env: NodeJS.ProcessEnv, names: readonly string[]): NodeJS.ProcessEnv {
  const result = { ...env };
  for (const name of names) {
    const file = env[`${name}_FILE`];
    if (env[name] !== undefined || file === undefined) continue;
    try {
      result[name] = readFileSync(file, 'utf8').trim();
    } catch {
      throw new ConfigProblems(`${name}_FILE: the file cannot be read`);
    }
  }
  return result;
}
