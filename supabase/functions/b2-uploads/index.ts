/** The signer in Deno: `supabase functions deploy b2-uploads`. */
import { configFromEnvironment } from './environment.ts';
import { createB2UploadsHandler } from './handler.ts';

declare const Deno: {
  readonly env: { get(name: string): string | undefined };
  serve(handler: (request: Request) => Promise<Response>): unknown;
};

Deno.serve(createB2UploadsHandler(configFromEnvironment((name) => Deno.env.get(name))));
