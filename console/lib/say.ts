/** The messages of the page, in the language of the moment; only those there are. */
import { useCallback } from 'react';
import { useIntl } from 'react-intl';

import type { Messages } from '../locales/messages.ts';

export type Say = (id: keyof Messages, values?: Readonly<Record<string, string | number>>) => string;

export function useSay(): Say {
  const intl = useIntl();
  return useCallback((id, values) => intl.formatMessage({ id }, { ...values }), [intl]);
}
