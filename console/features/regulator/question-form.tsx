/** Puts a question together. Nothing is asked before it is submitted. */
import { useState } from 'react';
import type { SubmitEvent } from 'react';

import { Button, Checkbox, Paper, Title } from '@mantine/core';

import type { AggregateInput } from '#schema/aggregates.ts';

import { useSay } from '../../lib/say.ts';
import { Definition } from './definition.tsx';
import { draftOf, questionOf, within } from './draft.ts';
import type { Draft } from './draft.ts';
import { Choices, Years } from './question-fields.tsx';
import styles from './regulator.module.css';
import type { MeasureDefinition } from './table.ts';

interface QuestionFormProps {
  readonly measures: readonly [MeasureDefinition, ...MeasureDefinition[]];
  readonly asked: AggregateInput | null;
  readonly onAsk: (question: AggregateInput) => void;
}

/** What is chosen and typed, and the measure it is about. */
function useDraft({ measures, asked }: Pick<QuestionFormProps, 'measures' | 'asked'>) {
  const [chosen, setDraft] = useState(() => draftOf(asked, new Date().getFullYear()));
  const [isWrong, setWrong] = useState(false);
  const measure = measures.find(({ code }) => code === chosen.measure) ?? measures[0];
  const draft = within({ ...chosen, measure: measure.code }, measure);
  const set = (changed: Partial<Draft>) => {
    setWrong(false);
    setDraft({ ...draft, ...changed });
  };
  return { draft, measure, set, isWrong, setWrong };
}

export function QuestionForm({ measures, asked, onAsk }: QuestionFormProps) {
  const say = useSay();
  const { draft, measure, set, isWrong, setWrong } = useDraft({ measures, asked });
  const hasClasses = measure.classes.length > 0;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const question = questionOf(draft);
    setWrong(question === null);
    if (question !== null) onAsk(question);
  };
  return (
    <Paper component="form" onSubmit={submit} noValidate aria-label={say('question.heading')} withBorder p="md">
      <Title order={2} size="h4" mb="sm">
        {say('question.heading')}
      </Title>
      <div className={styles.fields}>
        <Choices {...{ draft, set, measures, measure }} />
        <Years {...{ draft, set, isWrong }} />
        <div className={styles.wide}>
          <Definition measure={measure} />
        </div>
        <Checkbox
          className={styles.wide}
          label={say(hasClasses ? 'question.split' : 'question.split.none')}
          checked={draft.split}
          disabled={!hasClasses}
          onChange={({ currentTarget: { checked } }) => {
            set({ split: checked });
          }}
        />
        <div>
          <Button type="submit">{say('question.ask')}</Button>
        </div>
      </div>
    </Paper>
  );
}
