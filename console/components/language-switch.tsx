/** Chooses the language. Each is named in itself. */
import { Button } from '@mantine/core';

import { Language, useLanguage } from '../lib/language.tsx';
import { useSay } from '../lib/say.ts';

const names: Readonly<Record<Language, string>> = { 'zh-CN': '中文', en: 'English' };

export function LanguageSwitch() {
  const say = useSay();
  const { language, choose } = useLanguage();
  return (
    <Button.Group aria-label={say('page.language')}>
      {Language.options.map((one) => (
        <Button
          key={one}
          lang={one}
          size="xs"
          variant={one === language ? 'filled' : 'default'}
          aria-pressed={one === language}
          onClick={() => {
            choose(one);
          }}
        >
          {names[one]}
        </Button>
      ))}
    </Button.Group>
  );
}
