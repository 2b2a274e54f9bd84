/** The page put together: what surrounds every feature, and the feature. */
import { Group, MantineProvider, Stack, Title } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';

import { LanguageSwitch } from '../components/language-switch.tsx';
import { SessionGate } from '../components/session-gate.tsx';
import { RegulatorPage } from '../features/regulator/regulator-page.tsx';
import { AskFailed } from '../lib/ask.ts';
import { LanguageProvider } from '../lib/language.tsx';
import { useSay } from '../lib/say.ts';

const mostRetries = 2;

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      refetchOnWindowFocus: false,
      // A question that cannot be sent is to fail, not to wait in silence.
      networkMode: 'always',
      retry: (failures, error) => failures < mostRetries && error instanceof AskFailed && error.retryable,
    },
  },
});

function Page() {
  const say = useSay();
  return (
    <div className="page">
      <Stack>
        <Group component="header" justify="space-between">
          <Title order={1} size="h3">
            {say('page.heading')}
          </Title>
          <LanguageSwitch />
        </Group>
        <main>
          <SessionGate explanation={say('session.explanation')}>
            {(session) => <RegulatorPage session={session} />}
          </SessionGate>
        </main>
      </Stack>
    </div>
  );
}

export function App() {
  return (
    <QueryClientProvider client={queries}>
      <LanguageProvider>
        <MantineProvider
          forceColorScheme="light"
          withCssVariables={false}
          withStaticClasses={false}
          withGlobalClasses={false}
        >
          <Page />
        </MantineProvider>
      </LanguageProvider>
    </QueryClientProvider>
  );
}
