// Where this site keeps its media: in this browser. `npm run demo:supabase` serves another file in this place, with the
// site's own Supabase client: `{ client, b2, users }`.
export const cloud = null;
