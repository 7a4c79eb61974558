/** A site of the stories whose objects are committed to a git repository and brought to the cluster by Argo CD. */
import { stringify } from "yaml";
import { deskOf, type Kind, Site, type SiteOptions } from "../stories/site.ts";
import type { Stage } from "../stories/stage.ts";
import type { ControlPlane } from "../support/control-plane.ts";
import { CONTENT } from "../support/planning.ts";
import { Application } from "./application.ts";
import type { ArgoCD } from "./argo-cd.ts";

export const PREFIX = "emergency.twilio-operator.io/";
const KIND: Readonly<Record<Kind, string>> = {
  account: "TwilioAccount",
  address: "EmergencyAddress",
  binding: "PhoneNumberBinding",
  domain: "SIPDomainSetting",
};
const WAVE: Readonly<Record<Kind, number>> = { account: 0, address: 1, binding: 2, domain: 2 };

interface Object {
  readonly kind: Kind;
  readonly name: string;
  readonly spec?: object;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Ground {
  readonly argo: ArgoCD;
  readonly plane: ControlPlane;
  readonly options: SiteOptions;
}

/** A site whose objects come from git. */
export class GitSite extends Site {
  readonly app: Application;

  constructor(stage: Stage, index: number, { argo, plane, options }: Ground) {
    super(stage, index, { ...options, accountObject: false });
    const { id, namespace } = this;
    this.app = new Application(plane, argo.repository(id), { name: id, namespace });
  }

  manifest({ kind, name, spec = {}, annotations = {} }: Object): string {
    const usual: Readonly<Record<Kind, object>> = {
      account: { accountSid: this.sid, credentialsSecretRef: { name: this.id } },
      address: { accountRef: { name: this.id }, ...CONTENT },
      binding: { accountRef: { name: this.id }, addressRef: { name: this.named("address", "hq") } },
      domain: { accountRef: { name: this.id }, domainSid: this.domainSid(), emergencyCallingEnabled: true },
    };
    return stringify({
      apiVersion: `${PREFIX}v1alpha1`,
      kind: KIND[kind],
      metadata: {
        name: this.named(kind, name),
        annotations: { "argocd.argoproj.io/sync-wave": String(WAVE[kind]), ...annotations },
      },
      spec: { ...usual[kind], ...spec },
    });
  }

  account(spec: object = {}): Record<string, string> {
    return { "account.yaml": this.manifest({ kind: "account", name: this.id, spec }) };
  }

  hq(spec: object = {}, annotations: Readonly<Record<string, string>> = {}): Record<string, string> {
    return { "hq.yaml": this.manifest({ kind: "address", name: "hq", spec, annotations }) };
  }

  desk(
    index = 0,
    spec: object = {},
    annotations: Readonly<Record<string, string>> = {},
  ): Record<string, string> {
    const name = deskOf(index);
    const full = { phoneNumberSid: this.numberSid(index), ...spec };
    return { [`${name}.yaml`]: this.manifest({ kind: "binding", name, spec: full, annotations }) };
  }

  /** The usual site, of `numbers` numbers, registered through git. */
  async rolledOut(numbers = 1): Promise<void> {
    const desks = Array.from({ length: numbers }, (_, index) => this.desk(index));
    await this.app.commit(Object.assign({}, this.account(), this.hq(), ...desks));
    await this.app.open();
    await this.app.healthy();
    await this.mark();
  }
}
