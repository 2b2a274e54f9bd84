/** The rule sets the federation ships, by id. A new law is one more file in `rule-sets/` and one more line here. */
import cn2012 from './rule-sets/cn-2012.json' with { type: 'json' };
import cnDraft2025 from './rule-sets/cn-draft-2025.json' with { type: 'json' };
import cnGb184672001 from './rule-sets/cn-gb18467-2001.json' with { type: 'json' };
import ukJpac from './rule-sets/uk-jpac.json' with { type: 'json' };
import usPractice from './rule-sets/us-practice.json' with { type: 'json' };
import { createRuleSet, RuleSetFile } from './rule-set.ts';
import type { RuleSet } from './rule-set.ts';

const files = [cn2012, cnGb184672001, cnDraft2025, usPractice, ukJpac].map((file) => RuleSetFile.parse(file));

/** All rule sets by id. Loading fails when a file is not valid. */
export const ruleSets: ReadonlyMap<string, RuleSet> = new Map(
  files.map((file) => {
    const base = files.find((other) => other.id === file.extends);
    return [file.id, createRuleSet(file, base)];
  }),
);

/** The rule set in force in China: Blood Donation Law of 1997, GB 18467-2011, notice to plasma donors of 2021. */
export const defaultRuleSetId = 'CN-2012';
