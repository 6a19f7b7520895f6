/** In which zone members of an organization see times; null: each in their own. */
export const organizationZone = 'ALTER TABLE organizations ADD COLUMN zone TEXT;'
