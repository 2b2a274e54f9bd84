/** What is measured, and how finely it may be shown: beside the figures it explains. */
import { Text } from '@mantine/core';

import { useLanguage } from '../../lib/language.tsx';
import { useSay } from '../../lib/say.ts';
import type { MeasureDefinition } from './table.ts';

export function Definition({ measure }: { readonly measure: MeasureDefinition }) {
  const say = useSay();
  const { of } = useLanguage();
  const { adds, dominance, threshold } = measure;
  return (
    <div>
      <Text size="sm">{of({ zh: measure.definitionZh, en: measure.definitionEn })}</Text>
      <Text size="sm">
        {say('definition.threshold', { below: threshold - 1 })}{' '}
        {dominance !== null && say('definition.dominance', { share: dominance })} {!adds && say('definition.notAdding')}
      </Text>
    </div>
  );
}
