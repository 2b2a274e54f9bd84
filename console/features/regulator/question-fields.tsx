/** The fields of a question: lists to choose from, and years to type. */
import { NativeSelect, TextInput } from '@mantine/core';

import { mostYears } from '#schema/aggregates.ts';
import { provinces } from '#schema/provinces.ts';
import { StationKind } from '#schema/procedures.ts';

import { useLanguage } from '../../lib/language.tsx';
import { useSay } from '../../lib/say.ts';
import type { Draft } from './draft.ts';
import type { MeasureDefinition } from './table.ts';

interface FieldProps {
  readonly draft: Draft;
  readonly set: (changed: Partial<Draft>) => void;
}

interface ChoiceProps extends FieldProps {
  readonly name: 'measure' | 'area' | 'province' | 'kind' | 'period';
  readonly data: readonly { readonly value: string; readonly label: string }[];
}

function Choice({ draft, set, name, data }: ChoiceProps) {
  const say = useSay();
  return (
    <NativeSelect
      label={say(`question.${name}`)}
      value={draft[name]}
      data={[...data]}
      onChange={({ currentTarget: { value } }) => {
        set({ [name]: value });
      }}
    />
  );
}

interface ChoicesProps extends FieldProps {
  readonly measures: readonly MeasureDefinition[];
  /** The one that is chosen. */
  readonly measure: MeasureDefinition;
}

/** Only what the measure is shown for can be chosen. */
export function Choices({ draft, set, measures, measure }: ChoicesProps) {
  const say = useSay();
  const { of } = useLanguage();
  const lists: readonly Pick<ChoiceProps, 'name' | 'data'>[] = [
    {
      name: 'measure',
      data: measures.map(({ code, nameZh, nameEn }) => ({ value: code, label: of({ zh: nameZh, en: nameEn }) })),
    },
    { name: 'area', data: measure.areas.map((value) => ({ value, label: say(`area.${value}`) })) },
    {
      name: 'province',
      data: [
        { value: '', label: say('question.province.all') },
        ...provinces.map(({ code, zh, en }) => ({ value: code, label: `${code} ${of({ zh, en })}` })),
      ],
    },
    {
      name: 'kind',
      data: [
        { value: '', label: say('question.kind.all') },
        ...StationKind.options.map((value) => ({ value, label: say(`question.kind.${value}`) })),
      ],
    },
    { name: 'period', data: measure.periods.map((value) => ({ value, label: say(`period.${value}`) })) },
  ];
  return lists.map((list) => <Choice key={list.name} {...list} {...{ draft, set }} />);
}

interface YearsProps extends FieldProps {
  /** Whether what was typed cannot be asked about. */
  readonly isWrong: boolean;
}

export function Years({ draft, set, isWrong }: YearsProps) {
  const say = useSay();
  return (['from', 'to'] as const).map((name) => (
    <TextInput
      key={name}
      label={say(`question.${name}`)}
      value={draft[name]}
      inputMode="numeric"
      maxLength={4}
      error={isWrong && (name === 'to' ? say('question.badYears', { most: mostYears }) : true)}
      onChange={({ currentTarget: { value } }) => {
        set({ [name]: value });
      }}
    />
  ));
}
