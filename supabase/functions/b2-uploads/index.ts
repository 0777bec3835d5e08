import { AwsV4Signer } from 'aws4fetch';
import { jwtVerify } from 'jose';
Deno.serve(() => new Response(String(typeof AwsV4Signer + typeof jwtVerify)));
