@description('Required. Name of the budget.')
param name string

@description('Required. Amount a month.')
param amount int

@description('Required. First day of a month.')
param startDate string

@description('Required. Who is told.')
param email string

var shares = [80, 100]

resource budget 'Microsoft.Consumption/budgets@2024-08-01' = {
  name: name
  properties: {
    category: 'Cost'
    amount: amount
    timeGrain: 'Monthly'
    timePeriod: { startDate: startDate }
    notifications: toObject(shares, share => 'at${share}percent', share => {
      enabled: true
      operator: 'GreaterThanOrEqualTo'
      threshold: share
      thresholdType: 'Actual'
      contactEmails: [email]
    })
  }
}
