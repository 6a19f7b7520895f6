/**
 * The object types of NetBox that events can be about: app, model, path of the API, and a name for examples where the
 * model's own would say nothing. Source: WEBHOOK_MODELS of 2.6 (extras/constants.py) and the models with event rules of
 * 4.6 (docs/development/models.md). Plugins add their own; those need no row.
 */
const apps: Readonly<Record<string, string>> = {
  circuits: `circuit circuits NET-4711, provider providers Example-Transit, provideraccount provider-accounts,
    providernetwork provider-networks, circuittype circuit-types, circuittermination circuit-terminations,
    circuitgroup circuit-groups, circuitgroupassignment circuit-group-assignments, virtualcircuit virtual-circuits,
    virtualcircuittype virtual-circuit-types, virtualcircuittermination virtual-circuit-terminations`,
  core: 'datasource data-sources',
  dcim: `cable cables #12, consoleport console-ports con0, consoleserverport console-server-ports ttyS1,
    device devices edge-7, devicebay device-bays Bay-1, devicetype device-types MX480, interface interfaces xe-0/0/0,
    inventoryitem inventory-items PSU-0, frontport front-ports F1, manufacturer manufacturers Juniper,
    poweroutlet power-outlets Outlet-1, powerpanel power-panels Panel-A, powerport power-ports PSU0,
    powerfeed power-feeds Feed-A, rack racks R-101, rearport rear-ports R1, region regions Europe, site sites Köln-2,
    virtualchassis virtual-chassis vc-1, cablebundle cable-bundles, module modules, modulebay module-bays,
    moduletype module-types, moduletypeprofile module-type-profiles, rackreservation rack-reservations,
    racktype rack-types, rackrole rack-roles, devicerole device-roles, platform platforms junos, location locations,
    sitegroup site-groups, virtualdevicecontext virtual-device-contexts, inventoryitemrole inventory-item-roles,
    macaddress mac-addresses 02:00:5E:10:00:01, consoleporttemplate console-port-templates,
    consoleserverporttemplate console-server-port-templates, devicebaytemplate device-bay-templates,
    frontporttemplate front-port-templates, interfacetemplate interface-templates,
    inventoryitemtemplate inventory-item-templates, modulebaytemplate module-bay-templates,
    poweroutlettemplate power-outlet-templates, powerporttemplate power-port-templates,
    rearporttemplate rear-port-templates`,
  extras: `configcontext config-contexts, configcontextprofile config-context-profiles,
    configtemplate config-templates, customfield custom-fields, customfieldchoiceset custom-field-choice-sets,
    customlink custom-links, eventrule event-rules, exporttemplate export-templates,
    imageattachment image-attachments, journalentry journal-entries, notificationgroup notification-groups,
    savedfilter saved-filters, script scripts, tableconfig table-configs, tag tags Foo, webhook webhooks`,
  ipam: `aggregate aggregates 192.0.2.0/24, ipaddress ip-addresses 192.0.2.10/24, prefix prefixes 192.0.2.0/25,
    service services https, vlan vlans users, vrf vrfs red, asn asns AS64496, asnrange asn-ranges,
    fhrpgroup fhrp-groups, fhrpgroupassignment fhrp-group-assignments, iprange ip-ranges 192.0.2.100-120/24,
    rir rirs RIPE, role roles, routetarget route-targets 64496:1, servicetemplate service-templates,
    vlangroup vlan-groups, vlantranslationpolicy vlan-translation-policies,
    vlantranslationrule vlan-translation-rules, l2vpn l2vpns, l2vpntermination l2vpn-terminations`,
  secrets: 'secret secrets',
  tenancy: `tenant tenants Example-Ltd, contact contacts, contactassignment contact-assignments,
    contactgroup contact-groups, contactrole contact-roles, tenantgroup tenant-groups`,
  virtualization: `cluster clusters, virtualmachine virtual-machines web-1, clustergroup cluster-groups,
    clustertype cluster-types, virtualdisk virtual-disks, vminterface interfaces eth0`,
  vpn: `ikepolicy ike-policies, ikeproposal ike-proposals, ipsecpolicy ipsec-policies,
    ipsecprofile ipsec-profiles, ipsecproposal ipsec-proposals, l2vpn l2vpns, l2vpntermination l2vpn-terminations,
    tunnel tunnels, tunnelgroup tunnel-groups, tunneltermination tunnel-terminations`,
  wireless: `wirelesslan wireless-lans, wirelesslangroup wireless-lan-groups, wirelesslink wireless-links`,
}

export interface ObjectType {
  /** `dcim.site` */
  readonly name: string
  readonly app: string
  /** `site` */
  readonly model: string
  /** `/api/dcim/sites/` */
  readonly path: string
  /** Name of the object in examples. */
  readonly display: string
}

/** The types one could choose for a webhook in 2.6. */
const in26: ReadonlySet<string> = new Set(
  `circuits.circuit circuits.provider dcim.cable dcim.consoleport dcim.consoleserverport dcim.device dcim.devicebay
  dcim.devicetype dcim.interface dcim.inventoryitem dcim.frontport dcim.manufacturer dcim.poweroutlet dcim.powerpanel
  dcim.powerport dcim.powerfeed dcim.rack dcim.rearport dcim.region dcim.site dcim.virtualchassis ipam.aggregate
  ipam.ipaddress ipam.prefix ipam.service ipam.vlan ipam.vrf secrets.secret tenancy.tenant virtualization.cluster
  virtualization.virtualmachine`.split(/\s+/),
)

/** Came after 3.6; L2VPNs moved from ipam to vpn with 3.7. */
const after36: ReadonlySet<string> = new Set(
  `circuits.circuitgroup circuits.circuitgroupassignment circuits.virtualcircuit circuits.virtualcircuittype
  circuits.virtualcircuittermination dcim.cablebundle dcim.moduletypeprofile dcim.racktype dcim.macaddress
  extras.configcontextprofile extras.eventrule extras.notificationgroup extras.tableconfig
  ipam.vlantranslationpolicy ipam.vlantranslationrule virtualization.virtualdisk`.split(/\s+/),
)
const before37: ReadonlySet<string> = new Set(['ipam.l2vpn', 'ipam.l2vpntermination'])

/** What can run as a job (JobsMixin): job_started and job_ended are about these. */
export const jobTypes: readonly string[] = ['core.datasource', 'extras.script']

const all: readonly ObjectType[] = Object.entries(apps).flatMap(([app, models]) =>
  models.split(',').map(row => toObjectType(app, row.trim().split(' '))),
)

function toObjectType(app: string, [model = '', path = '', display]: readonly string[]): ObjectType {
  return {name: `${app}.${model}`, app, model, path: `/api/${app}/${path}/`, display: display ?? `${model}-1`}
}

const byName = new Map(all.map(type => [type.name, type]))

// ipam's L2VPNs are the older ones: a bare `l2vpn` is today's.
const byModel = new Map([...all].filter(({name}) => !before37.has(name)).map(type => [type.model, type]))

/** The listed object types of a version, by app and then as the NetBox documentation lists them. */
export const objectTypes = (version: string): readonly ObjectType[] => all.filter(({name}) => isIn(version, name))

/** Whether a version knows an object type: the 31 of 2.6, later every listed one of its time and what plugins add. */
export function isIn(version: string, name: string): boolean {
  if (version === '2.6') return in26.has(name)
  if (name.startsWith('secrets.')) return version === '2.7'
  const old = version === '2.7' || version === '3.6'
  return old ? !after36.has(name) && !name.startsWith('vpn.') : !before37.has(name)
}

/** The object type with a name; for a plugin's, one made from the name; null where it is none. */
export function objectType(name: string): ObjectType | null {
  const known = byName.get(name)
  if (known !== undefined) return known
  const match = /^([a-z]\w*)\.([a-z]\w*)$/.exec(name)
  if (match === null || name !== name.toLowerCase()) return null
  const [, app = '', model = ''] = match
  // No plugin's: what hookctl says of itself is not for a receiver of NetBox.
  if (app === 'hookctl') return null
  return {name, app, model, path: `/api/plugins/${app.replaceAll('_', '-')}/${model}s/`, display: `${model}-1`}
}

/** The object type a bare model stands for: `dcim.site` for `site`, or null. */
export const byBareModel = (model: string): ObjectType | null => byModel.get(model) ?? null
