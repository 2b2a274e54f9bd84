/** The page may not make code from text. zod tries whether it could, and the browser would note that as a violation. */
import { config } from 'zod';

config({ jitless: true });
