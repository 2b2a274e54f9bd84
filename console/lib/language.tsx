/** The language of the page: the one in its address, otherwise the one chosen last, otherwise Chinese. */
import { createContext, use, useCallback, useEffect, useMemo } from 'react';
import type { ReactNode } from 'react';
import { IntlProvider } from 'react-intl';
import { z } from 'zod';

import { messages } from '../locales/messages.ts';
import { useAddress } from './address.ts';

export const Language = z.enum(['zh-CN', 'en']);
export type Language = z.infer<typeof Language>;

const kept = 'donor-lookout.language';

/** A browser may refuse to keep anything. */
function keptLanguage(): string | null {
  try {
    return localStorage.getItem(kept);
  } catch {
    return null;
  }
}

function keep(language: Language): void {
  try {
    localStorage.setItem(kept, language);
  } catch {
    // Then it is chosen again next time.
  }
}

interface Languages {
  readonly language: Language;
  readonly choose: (language: Language) => void;
  /** Of what comes in both languages, the one to show. */
  readonly of: (both: { readonly zh: string; readonly en: string }) => string;
}

const LanguageContext = createContext<Languages | null>(null);

export function useLanguage(): Languages {
  const languages = use(LanguageContext);
  if (languages === null) throw new TypeError('outside LanguageProvider');
  return languages;
}

export function LanguageProvider({ children }: { readonly children: ReactNode }) {
  const { search, replace } = useAddress();
  const language = Language.safeParse(search.get('lang') ?? keptLanguage()).data ?? 'zh-CN';
  const choose = useCallback(
    (next: Language) => {
      keep(next);
      const changed = new URLSearchParams(search);
      changed.set('lang', next);
      replace(changed);
    },
    [search, replace],
  );
  const languages = useMemo(
    () => ({
      ...{ language, choose },
      of: ({ zh, en }: { readonly zh: string; readonly en: string }) => (language === 'en' ? en : zh),
    }),
    [language, choose],
  );
  useEffect(() => {
    document.documentElement.lang = language;
    document.title = messages[language]['page.title'];
  }, [language]);
  return (
    <LanguageContext value={languages}>
      <IntlProvider locale={language} messages={messages[language]}>
        {children}
      </IntlProvider>
    </LanguageContext>
  );
}
