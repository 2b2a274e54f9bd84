/** The entry. */
import '../lib/without-eval.ts';
import '@mantine/core/styles.css';
import './app.css';

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { App } from './app.tsx';

const place = document.getElementById('app');
if (place === null) throw new TypeError('no place for the page');
createRoot(place).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
